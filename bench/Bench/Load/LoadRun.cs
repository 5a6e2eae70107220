using System.Diagnostics;

namespace Salus.Bench.Load;

/// <summary>How long and how many at once.</summary>
/// <param name="Limit">At most that many requests, warm-up included.</param>
internal sealed record LoadPlan(int Clients, TimeSpan WarmUp, TimeSpan Duration, long Limit = long.MaxValue);

/// <summary>Something that grows while a load runs, such as processor time of a server; read at the begin and at the end of the measured part.</summary>
internal sealed record Meter(string Name, Func<double> Read);

/// <summary>
/// A closed loop: each client sends its next request when the last one is answered. A client is a thread with a blocking socket, which costs less than
/// asynchronous sockets do, and less than the context switches that the server needs anyway. Ends by itself.
/// </summary>
internal sealed class LoadRun(int port, Workload workload, LoadPlan plan, IReadOnlyList<Meter> meters)
{
    private static long numbers;
    private readonly int port = port;
    private readonly Workload workload = workload;
    private readonly long begin = Stopwatch.GetTimestamp();
    private long left = plan.Limit;

    private long From => begin + Ticks(plan.WarmUp);

    private long End => From + Ticks(plan.Duration);

    /// <summary>Each number once, also in different runs of this process; numbers begin at the time, so that those of an earlier process are others.</summary>
    public static void NumberFrom(DateTimeOffset now) => numbers = now.ToUnixTimeMilliseconds() % 1_000_000_000 * 1000;

    public async Task<LoadResult> RunAsync()
    {
        var clients = Enumerable.Range(0, plan.Clients).Select(n => new Client(this, n)).ToList();
        var threads = clients.Select(c => new Thread(c.Run, 256 * 1024) { IsBackground = true }).ToList();
        threads.ForEach(t => t.Start());
        var ended = Task.Run(() => threads.ForEach(t => t.Join()));
        await Task.WhenAny(Task.Delay(plan.WarmUp, TimeProvider.System), ended);
        // The meters cost time themselves; the own one is read on the inner side of them.
        double[] before = [.. meters.Select(m => m.Read()), Own()];
        await Task.WhenAny(Task.Delay(plan.Duration, TimeProvider.System), ended);
        var own = Own() - before[^1];
        double[] after = [own, .. meters.Select((m, i) => m.Read() - before[i])];
        await ended;
        foreach (var client in clients)
        {
            client.Dispose();
        }

        var last = clients.Max(c => c.Last);
        return new LoadResult(workload.Name, plan.Clients, Stopwatch.GetElapsedTime(From, Math.Max(From + 1, last)), clients.ConvertAll(c => c.Count),
            after, meters);
    }

    private static double Own() => Environment.CpuUsage.TotalTime.TotalSeconds;

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private sealed class Client(LoadRun run, int number) : IDisposable
    {
        private const int MostBroken = 10;
        private readonly Connection connection = new(run.port);
        private int broken;

        public ClientCount Count { get; } = new();

        public long Last { get; private set; }

        private LoadRun Owner => run;

        public void Run()
        {
            var state = 0x9E3779B97F4A7C15UL * (ulong)(number + 1);
            var (from, end) = (Owner.From, Owner.End);
            while (Interlocked.Decrement(ref Owner.left) >= 0)
            {
                var shot = Owner.workload.Pick(ref state);
                var sequence = shot.NumberAt < 0 ? 0 : Interlocked.Increment(ref numbers);
                var (started, received) = (Stopwatch.GetTimestamp(), connection.Received);
                if (started >= end)
                {
                    return;
                }

                var status = connection.Send(shot, sequence);
                Last = Stopwatch.GetTimestamp();
                if (started >= from)
                {
                    Count.Add(status, Stopwatch.GetElapsedTime(started, Last), connection.Received - received);
                }
                else
                {
                    Count.WarmUp(status);
                }

                // A server that is gone refuses thousands of connections a second.
                if (status == 0 && ++broken == MostBroken)
                {
                    return;
                }
            }
        }

        public void Dispose() => connection.Dispose();
    }
}
