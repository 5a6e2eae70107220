using System.Text;
using System.Text.Json.Nodes;
using Salus.Kernel;
using Salus.Monitoring.Devices;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Ingest;
using Salus.Monitoring.Metrics;

namespace Salus.Monitoring.Tests.Ingest;

/// <summary>A good sample, as it would be handed on.</summary>
internal sealed record Got(string Patient, string Device, string Metric, long Time, int Value, SampleFlags Flags);

/// <summary>What became of a body.</summary>
internal sealed record Checked(Failure? Failure, IReadOnlyList<Got> Samples, IReadOnlyList<Rejection> Rejections, int Rejected);

/// <summary>Devices and patients in memory, and a server's clock that stands.</summary>
internal sealed class TestBeds
{
    public const long Minute = 60_000;

    /// <summary>2026-03-01T12:00:00Z.</summary>
    public static readonly long Now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private readonly MeasuredMetrics metrics = new(MetricSet.Default);
    private readonly Dictionary<SeriesKey, Series> series = [];
    private long position;

    public TestBeds() => Add(Device("mon-1", "serial|A1", bed: "bed-1"), Use("use-1", "mon-1", "pat-1"));

    public DeviceIndex Index { get; } = new(MetricSet.Default);

    public static IngestLimits Limits { get; } = new(Now, 5 * Minute, Now - (30L * 24 * 60 * Minute), 3);

    public DeviceRow Device(string id, string? identifier = null, string? status = "active", string? bed = null, string? parent = null, int tenant = 1, bool deleted = false) =>
        new(new Tenant(tenant), id, ++position, deleted, status, id, identifier is null ? [] : [identifier], bed, parent);

    public DeviceUseRow Use(string id, string device, string patient, long? start = null, long? until = null, string status = "active", int tenant = 1) =>
        new(new Tenant(tenant), id, ++position, false, 1, status, device, patient, start, until);

    public void Add(params object[] rows) => Index.Apply(new DeviceChanges([.. rows.OfType<DeviceRow>()], [.. rows.OfType<DeviceUseRow>()], [.. rows.OfType<DeviceUnitRow>()]));

    /// <summary>A body as JSON: one batch of a device.</summary>
    public static JsonObject Batch(string device, params JsonNode[] samples) => new() { ["device"] = device, ["samples"] = new JsonArray(samples) };

    public static JsonObject Sample(object? value, string code = "heart-rate", string? unit = "/min", long? time = null, bool? questionable = null)
    {
        var sample = new JsonObject { ["time"] = time ?? Now, ["code"] = code, ["value"] = System.Text.Json.JsonSerializer.SerializeToNode(value) };
        if (unit is not null)
        {
            sample["unit"] = unit;
        }

        if (questionable is { } said)
        {
            sample["questionable"] = said;
        }

        return sample;
    }

    public Task<Checked> ReadAsync(JsonNode body, Caller? caller = null) => ReadAsync(Encoding.UTF8.GetBytes(body.ToJsonString()), caller);

    public Task<Checked> ReadAsync(string json) => ReadAsync(Encoding.UTF8.GetBytes(json));

    public async Task<Checked> ReadAsync(byte[] body, Caller? caller = null)
    {
        using var check = new BatchCheck(Index, caller ?? Caller.Local, Limits);
        var failure = body.AsSpan().StartsWith(BinaryTelemetry.Magic) ? BinaryTelemetry.Read(body, metrics, check) : JsonTelemetry.Read(body, metrics, check);
        await check.FinishAsync(Of, CancellationToken.None);
        var bySeries = series.Values.ToDictionary(s => s.Number);
        var got = check.Samples.ToArray().Select(s => (Of: bySeries[s.Series], Sample: s))
            .Select(s => new Got(s.Of.Patient, s.Of.Device, s.Of.Metric.Name, s.Sample.Time, s.Sample.Value, s.Sample.Flags)).ToList();
        return new Checked(failure, got, check.Listed, check.Rejected);
    }

    private ValueTask<IReadOnlyList<Series>> Of(IReadOnlyList<SeriesKey> keys, CancellationToken ct)
    {
        foreach (var key in keys.Where(k => !series.ContainsKey(k)))
        {
            series[key] = new Series(series.Count + 1, key.Tenant, key.Patient, key.Device, key.Metric);
        }

        return new([.. keys.Select(k => series[k])]);
    }
}
