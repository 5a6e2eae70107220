namespace Salus.Records.Views;

/// <summary>Wakes <see cref="ViewBuilder"/> when a view was stored in this process.</summary>
internal sealed class ViewSignal
{
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A task that ends with the next change.</summary>
    public Task Next => Volatile.Read(ref next).Task;

    public void Changed() => Interlocked.Exchange(ref next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
