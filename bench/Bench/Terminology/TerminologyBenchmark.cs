using System.Diagnostics;
using System.Globalization;
using Salus.Bench.Http;
using Salus.Bench.Load;
using Salus.Bench.Processes;

namespace Salus.Bench.Terminology;

/// <summary>ICD-10-CM: how long it takes to load, what it costs in memory, and how fast the server answers about it over HTTP.</summary>
internal sealed class TerminologyBenchmark(CommandLine line)
{
    private readonly TimeSpan duration = line.Seconds("--seconds", 5);
    private readonly TimeSpan warmUp = line.Seconds("--warm-up", 2);
    private readonly long[] clients = line.Numbers("--clients", "1,16");
    private readonly ResultPage page = new("Terminology", "terminology " + line.Text);

    public static string[] Options => ["--clients", "--seconds", "--warm-up", "--runs"];

    /// <summary>False when an answer was no success.</summary>
    public async Task<bool> RunAsync()
    {
        var source = Path.Combine(line.Data, "icd10cm", "icd10cm-order-Jan-2021.txt.gz");
        var questions = new IcdQuestions(source);
        using var folder = new StoreFolder(null);
        var loads = new List<double>();
        await using (await SalusServer.StartAsync(folder.Path))
        {
            // Its start makes the record; a load makes none.
        }

        for (var run = 0; run < line.Number("--runs", 3); run++)
        {
            loads.Add(await LoadAsync(source, folder.Path));
        }

        var rows = new List<LoadResult>();
        await using (var server = await SalusServer.StartAsync(folder.Path))
        {
            await using var postgres = Postgres.Find(folder.Path)!;
            var before = ProcessUse.Memory(server.Id, "VmRSS");
            var first = await FirstAsync(server.Port);
            Facts(questions, loads, before, first);
            Workload[] all = [IcdQuestions.Resource, questions.Lookup, questions.Validate, questions.Subsumes, questions.OneWord, questions.TwoWords, questions.OneLetter];
            foreach (var workload in all)
            {
                await Bed.WarmAsync(server.Port, warmUp, workload);
            }

            foreach (var workload in all)
            {
                foreach (var count in clients)
                {
                    rows.Add(await MeasureAsync(server, postgres, workload, (int)count));
                }
            }

            page.Format($"\nResident memory of the server: {before / 1e6:F0} MB after the start, {ProcessUse.Memory(server.Id, "VmRSS") / 1e6:F0} MB after all loads.");
        }

        page.Line("\n## Requests\n");
        page.Line(LoadTable.Legend);
        LoadTable.Head(page);
        rows.ForEach(r => LoadTable.Row(page, r));
        await page.WriteAsync(line.Page("terminology.md"));
        Console.WriteLine($"written: {line.Page("terminology.md")}");
        return rows.TrueForAll(r => r.Failures == 0);
    }

    private async Task<LoadResult> MeasureAsync(SalusServer server, Postgres postgres, Workload workload, int count)
    {
        Meter[] meters = [new("server", () => server.CpuSeconds * 1e6), new("postgres", () => postgres.CpuSeconds * 1e6)];
        var result = await new LoadRun(server.Port, workload, new LoadPlan(count, warmUp, duration), meters).RunAsync();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{result.Name,-40} c={result.Clients,-3} {result.PerSecond,8:N0}/s  p50 {result.Latencies.Percentile(0.5):F2}  p99 {result.Latencies.Percentile(0.99):F2} ms  {result.FailureText}"));
        return result;
    }

    private void Facts(IcdQuestions questions, List<double> loads, long before, TimeSpan first)
    {
        page.Fact("Data", string.Create(CultureInfo.InvariantCulture, $"ICD-10-CM 2021, {questions.Lines:N0} lines of the order file, loaded by `salus terminology load icd-10-cm`; 20,000 questions of each kind from random lines, pages of 20."));
        page.Fact("Method", string.Create(CultureInfo.InvariantCulture, $"one server (Release) with its embedded PostgreSQL and the load generator on the same cores; closed loop over keep-alive loopback connections; everything is called for {warmUp.TotalSeconds} s before, each load has {warmUp.TotalSeconds} s unmeasured, then {duration.TotalSeconds} s. Every latency is counted."));
        page.Line("\n## Load\n");
        page.Line($"Start of the process to its end, start and stop of PostgreSQL included, {loads.Count} runs: {string.Join(", ", loads.Select(l => l.ToString("F1", CultureInfo.InvariantCulture)))} s.");
        page.Format($"\nThe first `$expand` with a filter after the start of a server reads the code system into memory and builds its index of words: {first.TotalSeconds:F2} s.");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"loads {string.Join(", ", loads.Select(l => $"{l:F1}"))} s; first expand {first.TotalSeconds:F2} s; {before / 1e6:F0} MB"));
    }

    private static async Task<double> LoadAsync(string source, string folder)
    {
        var clock = Stopwatch.StartNew();
        var lines = new List<string>();
        using var process = SalusServer.Start(SalusServer.Program, ["terminology", "load", "icd-10-cm", source, "--data", folder, "--again"], lines.Add);
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? clock.Elapsed.TotalSeconds : throw new InvalidOperationException($"The load ended with {process.ExitCode}:\n{string.Join('\n', lines)}");
    }

    private static async Task<TimeSpan> FirstAsync(int port)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var ready = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/fhir/metadata"));
        var clock = Stopwatch.StartNew();
        using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/fhir/ValueSet/$expand?url=http://hl7.org/fhir/sid/icd-10-cm%3Ffhir_vs&filter=fract&count=20"));
        answer.EnsureSuccessStatusCode();
        return clock.Elapsed;
    }
}
