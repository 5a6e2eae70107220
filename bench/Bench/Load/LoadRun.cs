using System.Diagnostics;

namespace Salus.Bench.Load;

/// <summary>How long and how many at once.</summary>
/// <param name="Limit">At most that many requests, warm-up included.</param>
internal sealed record LoadPlan(int Clients, TimeSpan WarmUp, TimeSpan Duration, long Limit = long.MaxValue);

/// <summary>Something that grows while a load runs, such as processor time of a server; read at the begin and at the end of the measured part.</summary>
internal sealed record Meter(string Name, Func<double> Read);

/// <summary>
/// A closed loop: each client sends its next request when the last one is answered. All clients are connections of one thread, which waits for whichever is
/// answered first: a thread each would cost a switch of context for every answer. Ends by itself.
/// </summary>
internal sealed class LoadRun(int port, Workload workload, LoadPlan plan, IReadOnlyList<Meter> meters)
{
    private static long numbers;

    /// <summary>Each number once, also in different runs of this process; numbers begin at the time, so that those of an earlier process are others.</summary>
    public static void NumberFrom(DateTimeOffset now) => numbers = now.ToUnixTimeMilliseconds() % 1_000_000_000 * 1000;

    public static long NextNumber() => Interlocked.Increment(ref numbers);

    public async Task<LoadResult> RunAsync()
    {
        var begin = Stopwatch.GetTimestamp();
        var from = begin + Ticks(plan.WarmUp);
        using var loop = new ClientLoop(port, workload, plan.Clients, plan.Limit, from, from + Ticks(plan.Duration));
        var ended = Task.Factory.StartNew(loop.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.WhenAny(Task.Delay(plan.WarmUp, TimeProvider.System), ended);
        // The meters cost time themselves; the own one is read on the inner side of them.
        double[] before = [.. meters.Select(m => m.Read()), Own()];
        await Task.WhenAny(Task.Delay(plan.Duration, TimeProvider.System), ended);
        var own = Own() - before[^1];
        double[] after = [own, .. meters.Select((m, i) => m.Read() - before[i])];
        await ended;
        return new LoadResult(workload.Name, plan.Clients, Stopwatch.GetElapsedTime(from, Math.Max(from + 1, loop.Last)), loop.Count, after, meters);
    }

    private static double Own() => Environment.CpuUsage.TotalTime.TotalSeconds;

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
