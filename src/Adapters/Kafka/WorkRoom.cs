namespace Salus.Kafka;

/// <summary>How much may be in work at once: that is what bounds the memory. Safe for all threads.</summary>
internal sealed class WorkRoom(int messages, long bytes)
{
    private readonly object gate = new();
    private int messagesIn;
    private long bytesIn;

    public bool IsFull
    {
        get
        {
            lock (gate)
            {
                return messagesIn >= messages || bytesIn >= bytes;
            }
        }
    }

    /// <summary>Half empty at least: worth fetching again.</summary>
    public bool IsRoomy
    {
        get
        {
            lock (gate)
            {
                return messagesIn <= messages / 2 && bytesIn <= bytes / 2;
            }
        }
    }

    public void Enter(long size)
    {
        lock (gate)
        {
            messagesIn++;
            bytesIn += size;
        }
    }

    public void Leave(long size)
    {
        lock (gate)
        {
            messagesIn--;
            bytesIn -= size;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Holds this thread until something has left, or for so long.</summary>
    public void WaitForLeave(TimeSpan most)
    {
        lock (gate)
        {
            if (messagesIn > 0)
            {
                Monitor.Wait(gate, most);
            }
        }
    }
}
