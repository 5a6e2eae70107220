using Microsoft.Extensions.Options;
using Salus.Kernel;
using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Ingest;

/// <summary>The bounds of the intake, and what is counted of it.</summary>
internal sealed class IngestLog(IngestOptions options, IOptions<MonitoringOptions> monitoring, BodyBudget budget, RejectionBook rejections, TimeProvider time)
{
    private static readonly KeyValuePair<string, object?>[] StatusTags = [.. Enumerable.Range(0, 600).Select(s => new KeyValuePair<string, object?>("status", s))];

    public IngestOptions Options => options;

    public BodyBudget Budget => budget;

    /// <summary>The bounds of a request that comes now.</summary>
    public IngestLimits Limits()
    {
        var now = time.GetUtcNow();
        return new IngestLimits(now.ToUnixTimeMilliseconds(), options.ClockToleranceSeconds * 1000L, now.AddDays(-monitoring.Value.SampleDays).ToUnixTimeMilliseconds(), options.RejectionSamples)
        {
            OldestWaveform = now.AddDays(-monitoring.Value.WaveformDays).ToUnixTimeMilliseconds(),
        };
    }

    public static void Count(bool binary, int status) => IngestMeter.Requests.Add(1, new KeyValuePair<string, object?>("form", binary ? "binary" : "json"), StatusTags[status]);

    /// <summary>The samples and waveforms of a request are durable; its rejections are told to the sender.</summary>
    public void Stored(Tenant tenant, Taken taken, Taken waveforms, BatchCheck check)
    {
        IngestMeter.Waveforms.Add(waveforms.Stored, new KeyValuePair<string, object?>("outcome", "stored"));
        IngestMeter.Waveforms.Add(waveforms.Duplicates, new KeyValuePair<string, object?>("outcome", "duplicate"));
        IngestMeter.Samples.Add(taken.Stored, new KeyValuePair<string, object?>("outcome", "stored"));
        IngestMeter.Samples.Add(taken.Duplicates, new KeyValuePair<string, object?>("outcome", "duplicate"));
        foreach (var device in check.Devices)
        {
            device.Device?.Counts.Add(device.Accepted, device.Newest, device.Seen);
        }

        if (check.Rejected > 0)
        {
            Rejected(tenant, check);
        }
    }

    private void Rejected(Tenant tenant, BatchCheck check)
    {
        IngestMeter.Samples.Add(check.Rejected - check.Waveforms.Rejected, new KeyValuePair<string, object?>("outcome", "rejected"));
        IngestMeter.Waveforms.Add(check.Waveforms.Rejected, new KeyValuePair<string, object?>("outcome", "rejected"));
        for (var reason = (Reason)0; (int)reason < Reasons.Count; reason++)
        {
            if (check.Devices.Sum(d => d.Rejected(reason)) is > 0 and var count)
            {
                IngestMeter.Rejections.Add(count, new KeyValuePair<string, object?>("reason", reason.Text()));
            }
        }

        foreach (var device in check.Devices)
        {
            rejections.Add(tenant, device);
        }
    }
}
