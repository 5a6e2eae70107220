using System.Text.Json;
using Salus.Bench.Ceilings;
using Salus.Bench.Corpus;
using Salus.Bench.Processes;
using Salus.Kernel;

namespace Salus.Bench.Import;

/// <summary>How fast the Synthea bundles come in, into a fresh store each time, beside what the same JSON and the same database allow at most.</summary>
internal sealed class ImportBenchmark(CommandLine line)
{
    private readonly ResultPage page = new("Import of the Synthea bundles", "import " + line.Text);

    public static string[] Options => ["--runs", "--seconds"];

    public async Task RunAsync()
    {
        string[] paths = [Archive("practitioners-and-hospitals.tar.gz"), Archive("pick150.tar.gz")];
        var runs = new List<ImportRun>();
        for (var run = 0; run < line.Number("--runs", 5); run++)
        {
            using var folder = new StoreFolder(null);
            runs.Add(await ImportProcess.RunAsync(folder.Path, paths));
            Console.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"run {run + 1}: {runs[^1].PerSecond:N0} resources/s"));
        }

        Facts();
        Runs("`salus import --data` (the importer in its own process)", runs);
        await ServerAsync(paths);
        var (raw, pass) = await CeilingsAsync(runs[0].Resources);
        CeilingPage.Write(page, raw, pass);
        var median = runs.ConvertAll(r => r.PerSecond).Median();
        page.Format($"\nThe median import is {median / raw[0].PerSecond * 100:F0} % of the raw insert of the same bytes, and {median / pass.TokenResources * 100:F1} % of reading the tokens of the same JSON on one thread.");
        await page.WriteAsync(line.Page("import.md"));
        Console.WriteLine($"written: {line.Page("import.md")}");
    }

    private string Archive(string name) => Path.Combine(line.Data, "synthea", name);

    private void Facts()
    {
        page.Fact("Data", "152 Synthea transaction bundles: hospitals, practitioners and 150 patients, indented JSON in two tar.gz archives.");
        page.Fact("Method", """
            Release build, a fresh store for each run, `synchronous_commit=on`, validation on. Seconds count from the first byte read to the last search that verifies that every
              resource is found, as `salus import` prints them; a run in which anything is rejected or not found fails. CPU and memory are read from /proc ten times a second over the whole process, start and JIT
              included, so the last tenth of a second may be missing. PostgreSQL's memory counts shared buffers once. WAL includes that of the migrations.
            """);
    }

    private void Runs(string title, List<ImportRun> runs)
    {
        page.Line($"\n## {title}");
        page.Columns("run", "in = stored = searchable", "seconds", "resources/s", "CPU s: Salus", "PostgreSQL", "CPU us per resource, both", "peak MB: Salus", "PostgreSQL", "WAL bytes per resource");
        foreach (var (run, index) in runs.Select((r, i) => (r, i + 1)))
        {
            page.Format($"| {index} | {run.Resources:N0} | {run.Seconds:F1} | {run.PerSecond:N0} | {run.HostCpu:F1} | {run.PostgresCpu:F1} | {(run.HostCpu + run.PostgresCpu) * 1e6 / run.Resources:F0} | {run.HostPeak / 1e6:F0} | {run.PostgresPeak / 1e6:F0} | {run.Wal / run.Resources:N0} |");
        }

        page.Format($"\nMedian {runs.ConvertAll(r => r.PerSecond).Median():N0} resources/s.");
    }

    private async Task ServerAsync(string[] paths)
    {
        using var folder = new StoreFolder(null);
        await using var server = await SalusServer.StartAsync(folder.Path);
        var run = await ImportProcess.RunAsync(server, paths);
        Runs("`salus import --server` (over HTTP; CPU and memory are the server's)", [run]);
        page.Format($"Resident memory of the server after that import: {ProcessUse.Memory(server.Id, "VmRSS") / 1e6:F0} MB.");
    }

    private async Task<(List<RawInsertSpeed> Raw, JsonPass Pass)> CeilingsAsync(long resources)
    {
        List<byte[]> bundles = [.. SyntheaBundles.Staff(line.Data), .. SyntheaBundles.Patients(line.Data)];
        var bodies = bundles.SelectMany(Resources).ToList();
        using var folder = new StoreFolder(null);
        await using var database = new Database(new KernelOptions { Data = folder.Path, PoolSize = 4 });
        await database.StartAsync();
        await using var postgres = Postgres.Find(folder.Path)!;
        await using var connection = await postgres.OpenAsync();
        var insert = new RawInsert(connection, bodies, () => postgres.CpuSeconds);
        var raw = new List<RawInsertSpeed>();
        foreach (var group in (int[])[500, 16])
        {
            raw.Add(await insert.RunAsync(group, line.Seconds("--seconds", 5)));
        }

        return (raw, JsonPass.Over(bundles, resources, passes: 5));
    }

    // Without the white space, as the record keeps them.
    private static IEnumerable<byte[]> Resources(byte[] bundle)
    {
        using var document = JsonDocument.Parse(bundle);
        foreach (var entry in document.RootElement.GetProperty("entry").EnumerateArray())
        {
            using var output = new MemoryStream();
            using (var json = new Utf8JsonWriter(output))
            {
                entry.GetProperty("resource").WriteTo(json);
            }

            yield return output.ToArray();
        }
    }
}
