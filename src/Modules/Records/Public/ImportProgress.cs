namespace Salus.Records;

/// <summary>How far a running import is. One thread-safe object that changes; read it as often as you like.</summary>
public sealed class ImportProgress
{
    private long total;
    private long before;
    private long resources;
    private long stored;
    private long rejected;
    private FileStream? open;
    private string current = "";

    /// <summary>Bytes of all sources, as they are on disk (compressed).</summary>
    public long TotalBytes => Interlocked.Read(ref total);

    /// <summary>Bytes read of them. Reading is at most 64 MB ahead of storing.</summary>
    public long ReadBytes
    {
        get
        {
            var stream = Volatile.Read(ref open);
            try
            {
                return Interlocked.Read(ref before) + (stream?.Position ?? 0);
            }
            catch (ObjectDisposedException)
            {
                return Interlocked.Read(ref before);
            }
        }
    }

    /// <summary>Resources dealt with, stored or not, without those of an earlier, interrupted run.</summary>
    public long Resources => Interlocked.Read(ref resources);

    /// <summary>Resources that the record acknowledged, in this run.</summary>
    public long Stored => Interlocked.Read(ref stored);

    /// <summary>Resources that were not stored, in this run.</summary>
    public long Rejected => Interlocked.Read(ref rejected);

    /// <summary>Name of the file being read.</summary>
    public string Current => Volatile.Read(ref current);

    internal void Plan(long bytes) => Interlocked.Add(ref total, bytes);

    internal void Open(string name, FileStream stream)
    {
        Volatile.Write(ref current, name);
        Volatile.Write(ref open, stream);
    }

    internal void Close(long bytes)
    {
        Volatile.Write(ref open, null);
        Interlocked.Add(ref before, bytes);
    }

    internal void Add(int count, int storedOfThem)
    {
        Interlocked.Add(ref resources, count);
        Interlocked.Add(ref stored, storedOfThem);
        Interlocked.Add(ref rejected, count - storedOfThem);
    }
}
