namespace Salus.Records.Storage;

/// <summary>Wakes readers of the feed when something was committed in this process, so that they need not poll often.</summary>
internal sealed class CommitSignal
{
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A task that ends with the next commit.</summary>
    public Task Next => Volatile.Read(ref next).Task;

    /// <summary>The last position committed by this process; 0 before the first.</summary>
    public long Position { get; private set; }

    public void Committed(long position)
    {
        Position = position;
        Interlocked.Exchange(ref next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }
}
