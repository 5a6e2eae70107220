using System.Collections.Concurrent;

namespace Salus.Records.Storage;

/// <summary>Wakes readers of the feed when something was committed in this process, so that they need not poll often.</summary>
internal sealed class CommitSignal
{
    private readonly ConcurrentDictionary<string, long> byType = new(StringComparer.Ordinal);
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A task that ends with the next commit.</summary>
    public Task Next => Volatile.Read(ref next).Task;

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
        Interlocked.Exchange(ref next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }
}
