using System.Globalization;
using System.Text.Json;
using Salus.Bench.Ceilings;
using Salus.Bench.Http;
using Salus.Bench.Load;
using Salus.Bench.Processes;
using Salus.Simulation;

namespace Salus.Bench.Growth;

/// <summary>What one size cost.</summary>
internal sealed record Step(long Resources, IReadOnlyList<ImportRun> Imports, long DiskBytes, long Stored, IReadOnlyList<double> Starts, long HostMemory, long PostgresMemory);

/// <summary>How cost grows: one record made greater step by step, with the same requests at each size.</summary>
internal sealed class GrowthBenchmark(CommandLine line)
{
    private const int Usual = 16;
    private readonly TimeSpan duration = line.Seconds("--seconds", 5);
    private readonly TimeSpan warmUp = line.Seconds("--warm-up", 2);
    private readonly long[] sizes = [.. line.Numbers("--sizes", "10000,100000,1000000").Order()];
    private readonly List<Step> steps = [];
    private readonly List<(long Resources, List<(LoadResult Load, double? Ceiling)> Rows)> loads = [];

    public static string[] Options => ["--sizes", "--clients", "--seconds", "--warm-up", "--starts", "--data-folder", "--seed"];

    /// <summary>False when an answer was no success.</summary>
    public async Task<bool> RunAsync()
    {
        LoadRun.NumberFrom(TimeProvider.System.GetUtcNow());
        using var folder = new StoreFolder(line.Get("--data-folder"));
        var store = new Store(folder, new ScaleRecord((int)line.Number("--seed", 1)));
        var page = new ResultPage("How cost grows with the record", "growth " + line.Text);
        Facts(page);
        foreach (var size in sizes.Where(s => s >= store.Resources))
        {
            var imports = await store.GrowAsync(size);
            var starts = await WarmStart.RunAsync(store.Folder, line.Number("--starts", 3));
            await using var bed = await Bed.OpenAsync(store);
            var (disk, stored) = (await bed.Postgres.TablesAsync(), await StoredAsync(bed, store));
            await LoadsAsync(bed, store, size == sizes[^1]);
            steps.Add(new(size, imports, disk.Sum(t => t.Total), stored, starts, ProcessUse.Memory(bed.Server.Id, "VmRSS"), bed.Postgres.Memory));
            await WriteAsync(page, disk, stored);
        }

        Console.WriteLine($"written: {line.Page("growth.md")}");
        return loads.SelectMany(l => l.Rows).All(r => r.Load.Failures == 0);
    }

    // Beside the generated resources, the patients that earlier steps have posted.
    private static async Task<long> StoredAsync(Bed bed, Store store)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var answer = JsonDocument.Parse(await http.GetByteArrayAsync(new Uri($"http://127.0.0.1:{bed.Server.Port}/fhir/Patient?_summary=count")));
        return store.Resources + answer.RootElement.GetProperty("total").GetInt64() - store.Record.Patients(store.Resources).LongCount();
    }

    private async Task LoadsAsync(Bed bed, Store store, bool largest)
    {
        var rows = new List<(LoadResult, double?)>();
        loads.Add((store.Resources, rows));
        Workload[] searches = [bed.Questions.Read, bed.Questions.Observations, bed.Questions.Names, bed.Questions.Identifier, bed.Questions.Chain, bed.Questions.LongChain, bed.Questions.Has, bed.Questions.LongHas];
        foreach (var search in searches.Skip(1))
        {
            await bed.EntriesAsync(search);
        }

        await using (var ceiling = await CeilingProcess.StartAsync(bed.Postgres, [.. bed.Questions.Patients.Select(p => (p.Id, store.Record.Patient(p.Number, p.Position)))]))
        {
            var select = new Workload("ceiling: Kestrel and one prepared select", [.. bed.Questions.Patients.Select(p => Shot.Get($"/select/{p.Id}"))]);
            await bed.WarmAsync(warmUp, searches);
            await Bed.WarmAsync(ceiling.Port, warmUp, select);
            foreach (var clients in largest ? line.Numbers("--clients", "1,4,16,64") : [Usual])
            {
                var most = await bed.LoadAsync(ceiling, select, new((int)clients, warmUp, duration));
                rows.Add((most, null));
                foreach (var search in searches)
                {
                    rows.Add((await bed.LoadAsync(search, new((int)clients, warmUp, duration)), most.PerSecond));
                }
            }
        }

        rows.Add((await CreateAsync(bed, store.Resources), null));
    }

    // Few enough that the record stays what was generated: a twentieth, and a quarter of that to warm up.
    private async Task<LoadResult> CreateAsync(Bed bed, long resources)
    {
        var count = Math.Max(2_000, resources / 20);
        await bed.LoadAsync(bed.Questions.Create, new(Usual, TimeSpan.Zero, duration, count / 4));
        return await bed.LoadAsync(bed.Questions.Create, new(Usual, TimeSpan.Zero, duration, count));
    }

    private void Facts(ResultPage page)
    {
        page.Fact("Data", "the generated record (`salus simulate`), which begins with the smaller one at every size; imported by `salus import` in portions of at most a million.");
        page.Fact("Method", string.Create(CultureInfo.InvariantCulture, $"""
            one store that grows. At each size: import of the missing part, warm starts (SIGTERM, start, first 200 of `/readyz`), disk, then requests from {Usual} clients on the same cores,
              everything called for {warmUp.TotalSeconds} s before, and each load {warmUp.TotalSeconds} s unmeasured and {duration.TotalSeconds} s measured. POST ends after as many patients as a twentieth of the record, so that it stays what it is. The table of disk is of before the requests.
              Nothing is vacuumed by hand.
            """));
    }

    // The whole page anew after each size: the next one may take an hour.
    private async Task WriteAsync(ResultPage page, IReadOnlyList<TableSize> disk, long stored)
    {
        page.Clear();
        page.Columns(
            "resources", "import of the step, resources/s", "slowest and fastest portion", "CPU us per resource: Salus", "PostgreSQL", "WAL bytes per resource", "disk bytes per resource", "warm start s, median",
            "resident MB after the requests: Salus", "PostgreSQL");
        steps.ForEach(s => Row(page, s));
        foreach (var (resources, rows) in loads)
        {
            page.Format($"\n## {resources:N0} resources\n");
            page.Line(LoadTable.Legend);
            LoadTable.Head(page);
            foreach (var (load, ceiling) in rows.GroupBy(r => r.Load.Name).SelectMany(g => g))
            {
                LoadTable.Row(page, load, ceiling);
            }
        }

        DiskPage.Write(page, disk, stored);
        await page.WriteAsync(line.Page("growth.md"));
    }

    private static void Row(ResultPage page, Step step)
    {
        var (resources, imports) = (Math.Max(1, step.Imports.Sum(i => i.Resources)), step.Imports);
        var import = imports.Count == 0 ? "kept |  |  |  | " : string.Create(
            CultureInfo.InvariantCulture,
            $"{resources / imports.Sum(i => i.Seconds):N0} | {imports.Min(i => i.PerSecond):N0} to {imports.Max(i => i.PerSecond):N0} | {imports.Sum(i => i.HostCpu) * 1e6 / resources:F0} | {imports.Sum(i => i.PostgresCpu) * 1e6 / resources:F0} | {imports.Sum(i => i.Wal) / resources:N0}");
        page.Format($"| {step.Resources:N0} | {import} | {step.DiskBytes / step.Stored:N0} | {step.Starts.ToList().Median():F2} | {step.HostMemory / 1e6:F0} | {step.PostgresMemory / 1e6:F0} |");
    }
}
