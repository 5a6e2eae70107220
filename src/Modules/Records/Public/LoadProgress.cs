namespace Salus.Records;

/// <summary>How far a load of a code system is. One thread-safe object that changes; read it as often as you like.</summary>
public sealed class LoadProgress
{
    private long total;
    private long read;
    private long concepts;
    private string step = "opening";

    /// <summary>Bytes of the files to read; 0 until they are known.</summary>
    public long TotalBytes => Interlocked.Read(ref total);

    /// <summary>Bytes read of them.</summary>
    public long ReadBytes => Interlocked.Read(ref read);

    /// <summary>Concepts written, not yet committed.</summary>
    public long Concepts => Interlocked.Read(ref concepts);

    /// <summary>What is being done.</summary>
    public string Step => Volatile.Read(ref step);

    internal void Begin(string what, long bytes)
    {
        Volatile.Write(ref step, what);
        Interlocked.Exchange(ref read, 0);
        Interlocked.Exchange(ref total, bytes);
    }

    internal void AddRead(int bytes) => Interlocked.Add(ref read, bytes);

    internal void AddConcept() => Interlocked.Increment(ref concepts);
}
