namespace Salus.Records.Import;

/// <summary>
/// Holds the reader back: while too many bytes are on the way, and while an earlier item that writes the same resource is, so that the last one in the
/// source wins. One reader, many workers.
/// </summary>
internal sealed class InFlight(long maxBytes)
{
    private readonly Lock gate = new();
    private readonly HashSet<string> keys = new(StringComparer.Ordinal);
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long bytes;

    public async Task EnterAsync(WorkItem item, CancellationToken stop)
    {
        while (true)
        {
            Task wait;
            lock (gate)
            {
                // An item larger than the limit goes alone.
                if ((bytes == 0 || bytes + item.Bundle.Length <= maxBytes) && !item.Entries.Any(e => e.Key is not null && keys.Contains(e.Key)))
                {
                    bytes += item.Bundle.Length;
                    foreach (var entry in item.Entries.Where(e => e.Key is not null))
                    {
                        keys.Add(entry.Key!);
                    }

                    return;
                }

                wait = changed.Task;
            }

            await wait.WaitAsync(stop);
        }
    }

    public void Leave(WorkItem item)
    {
        TaskCompletionSource signal;
        lock (gate)
        {
            bytes -= item.Bundle.Length;
            foreach (var entry in item.Entries.Where(e => e.Key is not null))
            {
                keys.Remove(entry.Key!);
            }

            (signal, changed) = (changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        signal.SetResult();
    }
}
