namespace Salus.Monitoring.Ingest;

/// <summary>The bounds of a request: milliseconds, since 1970 UTC.</summary>
/// <param name="Now">When it was received.</param>
/// <param name="Tolerance">What a clock may be off.</param>
/// <param name="Oldest">The earliest time that is kept.</param>
/// <param name="Examples">How many rejections of a reason are shown to people.</param>
internal readonly record struct IngestLimits(long Now, long Tolerance, long Oldest, int Examples)
{
    public long Latest => Now + Tolerance;

    /// <summary>The earliest time of a waveform that is kept.</summary>
    public long OldestWaveform { get; init; } = Oldest;
}
