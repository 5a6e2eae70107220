using System.Collections.Concurrent;

namespace Salus.Records.Storage;

/// <summary>Wakes readers of the feed when something was committed in this process, so that they need not poll often.</summary>
internal sealed class CommitSignal : Signal
{
    private readonly ConcurrentDictionary<string, long> byType = new(StringComparer.Ordinal);

    /// <summary>The last position committed by this process; 0 before the first.</summary>
    public long Position { get; private set; }

    /// <summary>The last position of a commit of this process that had a resource of this type in it; 0 before the first.</summary>
    public long LastOf(string type) => byType.GetValueOrDefault(type);

    public void Committed(long position, IEnumerable<string> types)
    {
        foreach (var type in types)
        {
            byType[type] = position;
        }

        Position = position;
        Set();
    }
}
