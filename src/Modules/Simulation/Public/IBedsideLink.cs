using Salus.Kernel;

namespace Salus.Simulation;

/// <summary>How made-up bedside monitors reach a record: in this process, or over the network.</summary>
public interface IBedsideLink
{
    /// <summary>Runs a batch bundle of FHIR JSON in UTF-8, as <c>POST /fhir</c>; gives the bundle of answers.</summary>
    Task<Outcome<ReadOnlyMemory<byte>>> PostBundleAsync(ReadOnlyMemory<byte> bundle, CancellationToken ct);

    /// <summary>Whether all these devices are known to whoever takes samples, and somebody is on each. True as well where nobody can say.</summary>
    /// <param name="devices">Logical ids.</param>
    Task<Outcome<bool>> KnowsAsync(IReadOnlyCollection<string> devices, CancellationToken ct);

    /// <summary>Sends a body of <c>POST /telemetry</c>; returns when it is durable. Never throws for what the other side does.</summary>
    /// <param name="body">Must not change until it returns.</param>
    /// <param name="mediaType">Of the body.</param>
    Task<Delivery> SendAsync(ReadOnlyMemory<byte> body, string mediaType, CancellationToken ct);
}

/// <summary>What became of a body of samples; a block of a waveform counts as one.</summary>
/// <param name="Stored">Samples that are durable now.</param>
/// <param name="Duplicates">Samples that were there already.</param>
/// <param name="Rejected">Samples that were refused one by one.</param>
/// <param name="Problem">Why the first one was refused, or the whole; null when all is well.</param>
public sealed record Delivery(int Stored, int Duplicates, int Rejected, string? Problem)
{
    /// <summary>The whole was not taken: the same body may be sent after this time. Null when it was taken, or will never be (<see cref="IsRefused"/>).</summary>
    public TimeSpan? Again { get; private init; }

    /// <summary>The whole was not taken, and will not be.</summary>
    public bool IsRefused { get; private init; }

    /// <summary>Nothing was taken; the same may be sent again after a time.</summary>
    public static Delivery Later(string problem, TimeSpan wait) => new(0, 0, 0, problem) { Again = wait };

    /// <summary>Nothing was taken, nor will it be.</summary>
    public static Delivery Refused(string problem) => new(0, 0, 0, problem) { IsRefused = true };
}
