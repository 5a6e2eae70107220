namespace Salus.Records.Subscriptions;

/// <summary>Wakes those who deliver, when the feed of this process has led to events or changed a subscription. Those of other processes are seen by asking each second.</summary>
internal sealed class SubscriptionSignal
{
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A task that ends with the next change.</summary>
    public Task Next => Volatile.Read(ref next).Task;

    public void Set() => Interlocked.Exchange(ref next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
