using Salus.Monitoring;

namespace Salus.RabbitMq.Partitions;

/// <summary>Takes partitions over, together those whose turn comes at the same time: after the end of a process that is a third of all.</summary>
/// <param name="alive">Fails when the connection has gone: a process that stood still may hold messages that the broker has long given to another one.</param>
internal sealed class PartitionGains(PartitionInlet inlet, Func<int, Task> alive, TimeProvider time, CancellationToken ct) : IDisposable
{
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(50);

    private readonly Lock turn = new();
    private readonly SemaphoreSlim one = new(1);
    private readonly Dictionary<int, Task> pending = [];
    private HashSet<int> waiting = [];
    private Task? next;

    /// <summary>Returns when the partition is this process's; fails when that was not to be done.</summary>
    public Task GainAsync(int partition)
    {
        lock (turn)
        {
            if (pending.TryGetValue(partition, out var under))
            {
                return under;
            }

            waiting.Add(partition);
            return pending[partition] = next ??= Task.Run(RunAsync, ct);
        }
    }

    public void Dispose() => one.Dispose();

    private async Task RunAsync()
    {
        await Task.Delay(Gathering, time, ct);
        await one.WaitAsync(ct);
        HashSet<int> mine;
        lock (turn)
        {
            (mine, waiting, next) = (waiting, [], null);
        }

        try
        {
            await alive(mine.First());
            await inlet.GainAsync(mine, ct);
        }
        finally
        {
            lock (turn)
            {
                foreach (var partition in mine)
                {
                    pending.Remove(partition);
                }
            }

            one.Release();
        }
    }
}
