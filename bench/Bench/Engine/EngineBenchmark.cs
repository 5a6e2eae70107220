using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Salus.Bench.Corpus;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Bench.Engine;

/// <summary>Runs <see cref="EngineStages"/> under BenchmarkDotNet and writes its page.</summary>
internal sealed class EngineBenchmark(CommandLine line)
{
    public static readonly string[] Options = ["--passes"];

    /// <summary>False when a stage could not be measured.</summary>
    public async Task<bool> RunAsync()
    {
        EngineStages.Data = line.Data;
        var passes = (int)line.Number("--passes", 10);
        var page = new ResultPage("FHIR engine, one thread", $"engine {line.Text}".TrimEnd());
        // In this process: a pass over the corpus takes tenths of a second, so a process of its own for each stage would only read the corpus again.
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithInvocationCount(1).WithUnrollFactor(1).WithWarmupCount(2).WithIterationCount(passes);
        var summary = BenchmarkRunner.Run<EngineStages>(ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(ConsoleLogger.Default)
            .WithArtifactsPath(Path.Combine("artifacts", "benchmarks")));
        if (summary.HasCriticalValidationErrors || summary.Reports.Any(r => r.ResultStatistics is null))
        {
            return false;
        }

        Write(page, summary, passes);
        await page.WriteAsync(line.Page("engine.md"));
        return true;
    }

    private void Write(ResultPage page, Summary summary, int passes)
    {
        var (bytes, resources) = Size();
        page.Fact("Data", $"{bytes / 1_000_000} MB of Synthea bundles (indented JSON) in memory, {resources} resources.");
        page.Fact(
            "Method",
            $"BenchmarkDotNet {typeof(BenchmarkRunner).Assembly.GetName().Version!.ToString(3)}, in process: for each stage two passes over all bundles unmeasured and {passes} measured, one thread, by the clock. MB are those of the bundles as they came.");
        page.Columns("stage", "MB/s", "resources/s", "us per resource, median", "fastest to slowest pass", "bytes allocated per resource", "of the ceiling");
        var ceiling = summary.Reports.First(r => r.BenchmarkCase.Descriptor.Baseline).ResultStatistics!.Median;
        foreach (var report in summary.Reports)
        {
            var time = report.ResultStatistics!;
            var stage = report.BenchmarkCase.Descriptor.WorkloadMethodDisplayInfo.Trim('\'');
            var allocated = (report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0) / resources;
            page.Format(
                $"| {stage} | {bytes * 1e3 / time.Median:F0} | {resources * 1e9 / time.Median:F0} | {time.Median / 1e3 / resources:F1} | {time.Min / 1e3 / resources:F1} to {time.Max / 1e3 / resources:F1} | {allocated} | {100 * ceiling / time.Median:F0} % |");
        }
    }

    private (long Bytes, long Resources) Size()
    {
        var (bytes, resources) = (0L, 0L);
        foreach (var bundle in SyntheaBundles.Staff(line.Data).Concat(SyntheaBundles.Patients(line.Data)))
        {
            bytes += bundle.Length;
            resources += ResourceReader.TryRead(bundle, FhirDefinitions.R4, out var document, out _) ? BundleEntries.In(document.Root).Count : 0;
        }

        return (bytes, resources);
    }
}
