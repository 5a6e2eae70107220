using Salus.Kernel;
using Salus.Monitoring;
using Salus.Records;
using Salus.Simulation;

namespace Salus.Host.Web;

/// <summary>Made-up bedside monitors reach the record of this process.</summary>
internal sealed class LocalLink(Record record, TelemetryInlet inlet) : IBedsideLink
{
    private static readonly Caller Simulation = Caller.System with { Actor = "simulation" };
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public Task<Outcome<ReadOnlyMemory<byte>>> PostBundleAsync(ReadOnlyMemory<byte> bundle, CancellationToken ct) => record.PostBundleAsync(Simulation, bundle, ct);

    /// <inheritdoc/>
    public Task<Outcome<bool>> KnowsAsync(IReadOnlyCollection<string> devices, CancellationToken ct) => Task.FromResult<Outcome<bool>>(devices.All(d => inlet.Knows(Simulation.Tenant, d)));

    /// <inheritdoc/>
    public async Task<Delivery> SendAsync(ReadOnlyMemory<byte> body, string mediaType, CancellationToken ct)
    {
        var outcome = await inlet.TakeAsync(Simulation, sender: null, new TelemetryMessage(body, mediaType, null));
        return !outcome.Failed(out var failure) ? new Delivery(outcome.Value.Stored + outcome.Value.Waveforms, outcome.Value.Duplicates + outcome.Value.WaveformDuplicates, outcome.Value.Rejected, outcome.Value.FirstRejection)
            : failure.Kind is FailureKind.Busy or FailureKind.Unavailable ? Delivery.Later(failure.ToString(), Pause)
            : Delivery.Refused(failure.ToString());
    }
}
