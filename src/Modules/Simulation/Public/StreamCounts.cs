namespace Salus.Simulation;

/// <summary>What has become of the samples that were made; a block of a waveform counts as one. Read it from any thread; it is written by one.</summary>
public sealed class StreamCounts
{
    private long made;
    private long stored;
    private long duplicates;
    private long rejected;
    private long waits;
    private long time;
    private volatile string? problem;

    /// <summary>Samples that were made and given to the link.</summary>
    public long Made => Volatile.Read(ref made);

    public long Stored => Volatile.Read(ref stored);

    public long Duplicates => Volatile.Read(ref duplicates);

    public long Rejected => Volatile.Read(ref rejected);

    /// <summary>How often a body had to be sent again: the other side was busy or away.</summary>
    public long Waits => Volatile.Read(ref waits);

    /// <summary>Made, and not answered yet.</summary>
    public long Open => Math.Max(0, Made - Stored - Duplicates - Rejected);

    /// <summary>The newest time that samples have got, milliseconds since 1970 UTC; 0 for none.</summary>
    public long Time => Volatile.Read(ref time);

    /// <summary>What went wrong last; null for nothing.</summary>
    public string? Problem => problem;

    internal void Add(int samples, long newest)
    {
        Volatile.Write(ref made, made + samples);
        Volatile.Write(ref time, newest);
    }

    internal void Add(Delivery delivery)
    {
        Volatile.Write(ref stored, stored + delivery.Stored);
        Volatile.Write(ref duplicates, duplicates + delivery.Duplicates);
        Volatile.Write(ref rejected, rejected + delivery.Rejected);
        Volatile.Write(ref waits, waits + (delivery.Again is null ? 0 : 1));
        problem = delivery.Problem ?? problem;
    }
}
