using System.Globalization;
using System.Text;
using Salus.Bench.Ceilings;
using Salus.Bench.Load;
using Salus.Bench.Processes;
using Salus.Simulation;

namespace Salus.Bench.Http;

/// <summary>The server over HTTP: reads, searches and writes at several numbers of clients, beside what the parts below it can do in the same run.</summary>
internal sealed class HttpBenchmark(CommandLine line)
{
    private readonly TimeSpan duration = line.Seconds("--seconds", 5);
    private readonly TimeSpan warmUp = line.Seconds("--warm-up", 2);
    private readonly long[] clients = line.Numbers("--clients", "1,4,16,64");
    private readonly ResultPage page = new("HTTP", "http " + line.Text);
    private readonly List<(LoadResult Load, double? Ceiling)> rows = [];
    private readonly Dictionary<string, double> entries = [];

    public static string[] Options => ["--resources", "--clients", "--seconds", "--warm-up", "--starts", "--data-folder", "--seed"];

    /// <summary>False when an answer was no success.</summary>
    public async Task<bool> RunAsync()
    {
        LoadRun.NumberFrom(TimeProvider.System.GetUtcNow());
        using var folder = new StoreFolder(line.Get("--data-folder"));
        var store = new Store(folder, new ScaleRecord((int)line.Number("--seed", 1)));
        var imports = await store.GrowAsync(line.Number("--resources", 100_000));
        await using (var bed = await Bed.OpenAsync(store))
        {
            var (host, postgres) = (ProcessUse.Memory(bed.Server.Id, "VmRSS"), bed.Postgres.Memory);
            await FactsAsync(bed, store);
            var tables = await bed.Postgres.TablesAsync();
            await ReadsAsync(bed, store.Record);
            var (raw, pass) = await RawAsync(bed, store.Record);
            await WritesAsync(bed, raw);
            page.Line("\n## Requests\n");
            page.Line(LoadTable.Legend);
            LoadTable.Head(page);
            foreach (var (load, ceiling) in rows.GroupBy(r => r.Load.Name).SelectMany(g => g))
            {
                LoadTable.Row(page, load, ceiling);
            }

            Entries();
            CeilingPage.Write(page, raw, pass);
            Imports(imports);
            DiskPage.Write(page, tables, store.Resources);
            Memory(bed, host, postgres);
        }

        await StartsAsync(store);
        await page.WriteAsync(line.Page("http.md"));
        Console.WriteLine($"written: {line.Page("http.md")}");
        return rows.All(r => r.Load.Failures == 0);
    }

    private async Task ReadsAsync(Bed bed, ScaleRecord record)
    {
        Workload[] searches = [bed.Questions.Observations, bed.Questions.Names, bed.Questions.Identifier];
        foreach (var search in searches)
        {
            entries[search.Name] = await bed.EntriesAsync(search);
        }

        var read = bed.Questions.Read;
        var bodies = bed.Questions.Patients.Select(p => (p.Id, record.Patient(p.Number, p.Position))).ToList();
        await using var ceiling = await CeilingProcess.StartAsync(bed.Postgres, bodies);
        var still = new Workload("ceiling: Kestrel alone, 2 kB from memory", [Shot.Get("/static")]);
        var select = new Workload("ceiling: Kestrel and one prepared select", [.. bed.Questions.Patients.Select(p => Shot.Get($"/select/{p.Id}"))]);
        await bed.WarmAsync(warmUp, [read, .. searches]);
        await Bed.WarmAsync(ceiling.Port, warmUp, select);
        await Bed.WarmAsync(ceiling.Port, warmUp, still);
        foreach (var count in clients)
        {
            rows.Add((await bed.LoadAsync(ceiling, still, Plan(count)), null));
            var most = await bed.LoadAsync(ceiling, select, Plan(count));
            rows.Add((most, null));
            rows.Add((await bed.LoadAsync(read, Plan(count)), most.PerSecond));
            foreach (var search in searches)
            {
                rows.Add((await bed.LoadAsync(search, Plan(count)), most.PerSecond));
            }
        }
    }

    private async Task<(IReadOnlyList<RawInsertSpeed> Raw, JsonPass Pass)> RawAsync(Bed bed, ScaleRecord record)
    {
        using var lines = new MemoryStream();
        record.Write(lines, 0, 20_000);
        var resources = Encoding.UTF8.GetString(lines.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Encoding.UTF8.GetBytes).ToList();
        await using var connection = await bed.Postgres.OpenAsync();
        var insert = new RawInsert(connection, resources, () => bed.Postgres.CpuSeconds);
        var raw = new List<RawInsertSpeed>();
        foreach (var group in clients.Select(Group).Append(500).Distinct().OrderDescending())
        {
            raw.Add(await insert.RunAsync(group, duration));
        }

        return (raw, JsonPass.Over(resources, resources.Count, passes: 5));
    }

    private async Task WritesAsync(Bed bed, IReadOnlyList<RawInsertSpeed> raw)
    {
        await bed.WarmAsync(warmUp, bed.Questions.Create, bed.Questions.Update);
        foreach (var count in clients)
        {
            var most = raw.Single(r => r.Group == Group(count)).PerSecond;
            rows.Add((await bed.LoadAsync(bed.Questions.Create, Plan(count)), most));
            rows.Add((await bed.LoadAsync(bed.Questions.Update, Plan(count)), null));
            rows.Add((await bed.LoadAsync(bed.Questions.Mixed, Plan(count)), null));
        }
    }

    private async Task StartsAsync(Store store)
    {
        var seconds = await WarmStart.RunAsync(store.Folder, line.Number("--starts", 5));
        page.Line("\n## Warm start\n");
        page.Format($"From the start of the process to the first 200 of `/readyz`, PostgreSQL included, {seconds.Count} runs: {string.Join(", ", seconds.Select(s => s.ToString("F2", CultureInfo.InvariantCulture)))} s.");
    }

    private async Task FactsAsync(Bed bed, Store store)
    {
        page.Fact("Data", string.Create(CultureInfo.InvariantCulture, $"{store.Resources:N0} resources of the generator (`salus simulate`), imported by `salus import`; {bed.Questions.Patients.Count:N0} patients are asked about."));
        page.Fact("Method", $"""
            one server (Release) with its embedded PostgreSQL {await bed.Postgres.VersionAsync()}, `synchronous_commit=on`, and the load generator on the same cores. Closed loop over keep-alive loopback connections, all served by one thread;
              everything is called for {warmUp.TotalSeconds} s before; each load has {warmUp.TotalSeconds} s unmeasured, then {duration.TotalSeconds} s. Every latency is counted (bucket width below 0.8 %). Reads and searches come first, at all numbers of clients; then writes, whose record grows. Nothing is vacuumed by hand.
              Ceiling of reads and searches: Kestrel and one prepared select by id from the same PostgreSQL (pool of 4) at the same number of clients, bodies of the same patients. Ceiling of POST: the raw insert below,
              in groups of as many as there are clients, at most 16.
            """);
    }

    private void Entries()
    {
        page.Line("\nEntries per answer, mean of 50 questions of which each has to find something: "
            + string.Join(", ", entries.Select(e => string.Create(CultureInfo.InvariantCulture, $"`{e.Key}` {e.Value:F1}"))) + ".");
    }

    private void Imports(IReadOnlyList<ImportRun> imports)
    {
        foreach (var run in imports)
        {
            page.Format($"\nThe import of the {run.Resources:N0} resources: {run.PerSecond:N0}/s, CPU {run.HostCpu:F1} s of Salus and {run.PostgresCpu:F1} s of PostgreSQL, peak {run.HostPeak / 1e6:F0} MB and {run.PostgresPeak / 1e6:F0} MB, WAL {run.Wal / run.Resources:N0} bytes per resource.");
        }
    }

    private void Memory(Bed bed, long host, long postgres)
    {
        page.Line("\n## Memory\n");
        page.Format($"Resident: server {host / 1e6:F0} MB after the start, {ProcessUse.Memory(bed.Server.Id, "VmRSS") / 1e6:F0} MB after all loads, {ProcessUse.Memory(bed.Server.Id, "VmHWM") / 1e6:F0} MB at most. PostgreSQL {postgres / 1e6:F0} MB, then {bed.Postgres.Memory / 1e6:F0} MB, shared buffers counted once.");
    }

    // As many as wait for the same commit; more than 16 make it hardly cheaper.
    private static int Group(long count) => (int)Math.Min(16, count);

    private LoadPlan Plan(long count) => new((int)count, warmUp, duration);
}
