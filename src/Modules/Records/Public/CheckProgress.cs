namespace Salus.Records;

/// <summary>How far a running check is. One thread-safe object that changes; read it as often as you like.</summary>
public sealed class CheckProgress
{
    private string step = "";
    private long versions;
    private long resources;
    private long done;
    private long total;

    /// <summary>What is being checked, for a person.</summary>
    public string Step => Volatile.Read(ref step);

    /// <summary>Versions in the log that were looked at.</summary>
    public long Versions => Interlocked.Read(ref versions);

    /// <summary>Resources that were compared with their log and index.</summary>
    public long Resources => Interlocked.Read(ref resources);

    /// <summary>How much of the current step is done, from 0 to 1.</summary>
    public double Share => Interlocked.Read(ref total) is > 0 and var all ? Math.Clamp((double)Interlocked.Read(ref done) / all, 0, 1) : 0;

    internal void Begin(string name, long size)
    {
        Interlocked.Exchange(ref done, 0);
        Interlocked.Exchange(ref total, size);
        Volatile.Write(ref step, name);
    }

    internal void At(long reached) => Interlocked.Exchange(ref done, reached);

    internal void AddVersion() => Interlocked.Increment(ref versions);

    internal void AddResources(int count) => Interlocked.Add(ref resources, count);
}
