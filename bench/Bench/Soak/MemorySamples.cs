using Salus.Bench.Processes;

namespace Salus.Bench.Soak;

/// <param name="Heap">Bytes that the server's garbage collector holds committed; 0 when its metrics do not say.</param>
internal sealed record MemorySample(double Seconds, long Resident, long Heap, long Postgres);

/// <summary>Memory of the server and of PostgreSQL every few seconds, and whether it grows.</summary>
internal sealed class MemorySamples(SalusServer server, Postgres postgres)
{
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    // Over the second half; below it, noise of the garbage collector.
    private const double Tolerated = 0.05;

    // A minute and a half: before that the server is still getting warm.
    private const int FewestLate = 18;

    private readonly List<MemorySample> samples = [];

    public IReadOnlyList<MemorySample> All => samples;

    /// <summary>The second half, in which caches are full and the collector has settled.</summary>
    public IReadOnlyList<MemorySample> Late => [.. samples.Skip(samples.Count / 2)];

    /// <summary>Whether there are enough samples to say anything: three minutes.</summary>
    public bool Enough => Late.Count >= FewestLate;

    /// <summary>Samples until the task ends.</summary>
    public async Task FollowAsync(Task load)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var started = TimeProvider.System.GetTimestamp();
        do
        {
            var elapsed = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
            samples.Add(new(elapsed, ProcessUse.Memory(server.Id, "VmRSS"), await HeapAsync(http), postgres.Memory));
        }
        while (await Task.WhenAny(load, Task.Delay(Pause, TimeProvider.System)) != load);
    }

    /// <summary>Bytes a second by least squares over <see cref="Late"/>.</summary>
    public double Slope(Func<MemorySample, long> value)
    {
        var (time, mean) = (Late.Average(s => s.Seconds), Late.Average(s => (double)value(s)));
        var spread = Late.Sum(s => (s.Seconds - time) * (s.Seconds - time));
        return spread == 0 ? 0 : Late.Sum(s => (s.Seconds - time) * (value(s) - mean)) / spread;
    }

    /// <summary>Flat: the line through the second half rises by less than a twentieth of its mean from one end to the other.</summary>
    public bool Flat(Func<MemorySample, long> value) => Slope(value) * (Late[^1].Seconds - Late[0].Seconds) < Tolerated * Late.Average(s => (double)value(s));

    /// <summary>At most forty lines.</summary>
    public void Table(ResultPage page)
    {
        page.Line("\n## Memory\n");
        page.Columns("seconds", "server resident MB", "heap MB", "PostgreSQL MB");
        foreach (var sample in samples.Where((_, i) => i % ((samples.Count / 40) + 1) == 0))
        {
            page.Format($"| {sample.Seconds:F0} | {sample.Resident / 1e6:F0} | {sample.Heap / 1e6:F0} | {sample.Postgres / 1e6:F0} |");
        }
    }

    private async Task<long> HeapAsync(HttpClient http)
    {
        try
        {
            return (long)(await ServerMetrics.ReadAsync(http, server.Port)).Sum("dotnet_gc_last_collection_heap_size");
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }
}
