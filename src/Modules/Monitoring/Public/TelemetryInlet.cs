using Salus.Kernel;
using Salus.Monitoring.Devices;
using Salus.Monitoring.Ingest;

namespace Salus.Monitoring;

/// <summary>A body with data of devices, as <c>POST /telemetry</c> takes it, that came another way.</summary>
/// <param name="Bytes">Must not change until it is taken.</param>
/// <param name="ContentType"><c>application/json</c> or <c>application/vnd.salus.telemetry</c>; null where the way knows none: then the first bytes tell.</param>
/// <param name="ContentEncoding"><c>gzip</c>, <c>br</c>, <c>deflate</c>; null or <c>identity</c> for none.</param>
public readonly record struct TelemetryMessage(ReadOnlyMemory<byte> Bytes, string? ContentType, string? ContentEncoding);

/// <summary>What became of the values of a message: the numbers that <c>POST /telemetry</c> answers.</summary>
/// <param name="FirstRejection">Why the first of those was rejected; null for none.</param>
public sealed record TelemetryTaken(int Stored, int Duplicates, int Rejected, string? FirstRejection)
{
    /// <summary>Blocks of waveforms that are durable now.</summary>
    public int Waveforms { get; init; }

    /// <summary>Blocks of waveforms that were there already.</summary>
    public int WaveformDuplicates { get; init; }
}

/// <summary>
/// The way in for those who bring device data by another way than HTTP. What it takes is checked, stored, counted and rejected as by the route. Safe for all threads.
/// </summary>
public sealed class TelemetryInlet
{
    private readonly TelemetryIntake intake;
    private readonly StoreProbe store;
    private readonly DeviceIndex devices;
    private readonly TimeProvider time;

    internal TelemetryInlet(TelemetryIntake intake, StoreProbe store, DeviceIndex devices, TimeProvider time) => (this.intake, this.store, this.devices, this.time) = (intake, store, devices, time);

    /// <summary>
    /// Returns when the good values are durable. Fails with Invalid, TooLarge, UnsupportedMediaType, Forbidden for what will never be taken; with Busy and Unavailable when nothing of it
    /// was stored and the same message may be brought again.
    /// </summary>
    /// <param name="caller">Needs the permission <c>telemetry.send</c>.</param>
    /// <param name="sender">The name of the Device that sends, where the way proves it: its values, and those of devices whose parent it is, are taken. Null for a gateway.</param>
    public ValueTask<Outcome<TelemetryTaken>> TakeAsync(Caller caller, string? sender, TelemetryMessage message) => intake.TakeAsync(caller, sender, message);

    /// <summary>Whether it would store something now: ask before fetching messages that would only have to be given back.</summary>
    public ValueTask<bool> IsReadyAsync(CancellationToken ct) => store.IsReadyAsync(ct);

    /// <summary>Another process on the same database takes what devices send, until this one starts again: leave the messages to that one.</summary>
    public bool Overtaken => store.Overtaken;

    /// <summary>Whether the device with this logical id is known, and somebody is on it now.</summary>
    public bool Knows(Tenant tenant, string device) => devices.Get(tenant, device)?.At(time.GetUtcNow().ToUnixTimeMilliseconds()) is not null;
}
