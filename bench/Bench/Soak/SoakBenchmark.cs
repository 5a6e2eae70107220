using System.Globalization;
using Salus.Bench.Http;
using Salus.Bench.Load;
using Salus.Bench.Processes;
using Salus.Simulation;

namespace Salus.Bench.Soak;

/// <summary>Whether memory stays flat under a mixed load, and whether every request is answered.</summary>
internal sealed class SoakBenchmark(CommandLine line)
{
    public static string[] Options => ["--minutes", "--clients", "--resources", "--data-folder", "--seed"];

    /// <summary>False when memory grows or an answer was no success; a run below three minutes says nothing about memory.</summary>
    public async Task<bool> RunAsync()
    {
        LoadRun.NumberFrom(TimeProvider.System.GetUtcNow());
        var duration = TimeSpan.FromMinutes(line.Seconds("--minutes", 10).TotalSeconds);
        using var folder = new StoreFolder(line.Get("--data-folder"));
        var store = new Store(folder, new ScaleRecord((int)line.Number("--seed", 1)));
        await store.GrowAsync(Math.Max(store.Resources, line.Number("--resources", 50_000)));
        await using var bed = await Bed.OpenAsync(store);
        var page = new ResultPage("Memory under a mixed load", "soak " + line.Text);
        var samples = new MemorySamples(bed.Server, bed.Postgres);
        var load = bed.LoadAsync(bed.Questions.Soak, new((int)line.Number("--clients", 16), TimeSpan.Zero, duration));
        await samples.FollowAsync(load);
        var result = await load;
        Facts(page, store, duration);
        var flat = Verdict(page, result, samples);
        samples.Table(page);
        await page.WriteAsync(line.Page("soak.md"));
        Console.WriteLine($"written: {line.Page("soak.md")}");
        return flat && result.Failures == 0;
    }

    private static void Facts(ResultPage page, Store store, TimeSpan duration)
    {
        page.Fact("Data", string.Create(CultureInfo.InvariantCulture, $"{store.Resources:N0} resources of the generator at the begin; the load adds to them."));
        page.Fact("Method", string.Create(CultureInfo.InvariantCulture, $"""
            closed loop for {duration.TotalMinutes:0.##} minutes from the start of the server, no warm-up; memory from /proc every {MemorySamples.Pause.TotalSeconds} s, the heap as the last garbage collection left it, from `/metrics`.
              Flat: the least-squares line through the second half rises by less than 5 % of its mean.
            """));
    }

    private static bool Verdict(ResultPage page, LoadResult load, MemorySamples samples)
    {
        page.Line("\n## Load\n");
        page.Line(LoadTable.Legend);
        LoadTable.Head(page);
        LoadTable.Row(page, load);
        var flat = !samples.Enough || samples.Flat(s => s.Resident);
        var verdict = !samples.Enough ? "not judged: the run was too short" : flat ? "flat" : "NOT flat";
        page.Line("\n## Verdict\n");
        page.Format($"Resident memory of the server is **{verdict}**: {samples.Late.Average(s => s.Resident / 1e6):F0} MB on average in the second half, at most {samples.All.Max(s => s.Resident) / 1e6:F0} MB, slope {samples.Slope(s => s.Resident) * 60 / 1e6:+0.00;-0.00} MB a minute; of the garbage-collected heap {samples.Slope(s => s.Heap) * 60 / 1e6:+0.00;-0.00}. PostgreSQL, whose shared buffers fill: {samples.Slope(s => s.Postgres) * 60 / 1e6:+0.00;-0.00} MB a minute.");
        page.Format($"Answers that were no success: {(load.Failures == 0 ? "0" : load.FailureText)} of {load.Successes + load.Failures:N0}.");
        return flat;
    }
}
