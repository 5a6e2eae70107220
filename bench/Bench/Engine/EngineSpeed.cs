using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Salus.Bench.Corpus;
using Salus.Fhir;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Search;
using Salus.Fhir.Validation;

namespace Salus.Bench.Engine;

/// <summary>How fast the FHIR engine is on one thread: read, validate, rewrite, extract, each stage timed bundle by bundle.</summary>
internal sealed class EngineSpeed
{
    private static readonly string[] Stages =
        ["JSON tokens only (Utf8JsonReader): the ceiling", "read (UTF-8 check, tape, binding to the definitions)", "validate the structure", "rewrite to the stored form", "extract the search values", "all of it, without the ceiling"];

    private readonly StructureValidator validator = new(FhirDefinitions.R4, new StructureValidationOptions { ConditionalReferences = true });
    private readonly SearchValueExtractor extractor = new(new SearchParameterSet(FhirDefinitions.R4));
    private readonly SearchValues values = new();
    private readonly List<byte[]> bundles;
    private long resources;
    private long found;
    private long rejected;

    private EngineSpeed(string data) => bundles = [.. SyntheaBundles.Staff(data), .. SyntheaBundles.Patients(data)];

    public static async Task RunAsync(Arguments arguments)
    {
        var load = Machine.Load;
        var engine = new EngineSpeed(arguments.Data);
        engine.Pass();
        var passes = Enumerable.Range(0, arguments.Passes).Select(_ => engine.Pass()).ToList();
        var page = engine.Page(passes, load);
        Directory.CreateDirectory(arguments.Results);
        await File.WriteAllTextAsync(Path.Combine(arguments.Results, "engine.md"), page);
        Console.WriteLine(page);
    }

    private StageTime[] Pass()
    {
        resources = found = rejected = 0;
        var times = new StageTime[Stages.Length];
        foreach (var bundle in bundles)
        {
            ResourceDocument? document = null;
            List<(Element Resource, string FullUrl)> entries = [];
            var stored = new List<ResourceDocument>();
            Time(ref times[0], () => Tokens(bundle));
            Time(ref times[1], () => document = Read(bundle));
            Time(ref times[2], () => rejected += validator.Validate(document!).Any(i => i.Severity >= IssueSeverity.Error) ? 1 : 0);
            entries = BundleEntries.In(document!.Root);
            Time(ref times[3], () => entries.ForEach(e => stored.Add(ResourceRewriter.Rewrite(e.Resource, e.FullUrl["urn:uuid:".Length..], 1).Document)));
            values.Clear();
            Time(ref times[4], () => stored.ForEach(s => extractor.Extract(s.Root, values)));
            resources += entries.Count;
            found += values.Tokens.Count + values.Strings.Count + values.References.Count + values.Dates.Count + values.Numbers.Count + values.Quantities.Count + values.Uris.Count;
        }

        times[^1] = times[1..^1].Aggregate((a, b) => new StageTime(a.Wall + b.Wall, a.Processor + b.Processor));
        return times;
    }

    private static void Tokens(byte[] utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        while (reader.Read())
        {
        }
    }

    private static ResourceDocument Read(byte[] utf8) =>
        ResourceReader.TryRead(utf8, FhirDefinitions.R4, out var document, out var issue) ? document : throw new InvalidDataException(issue.Message);

    private static void Time(ref StageTime time, Action stage)
    {
        var processor = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        stage();
        time = new StageTime(time.Wall + Stopwatch.GetElapsedTime(started).TotalSeconds, time.Processor + (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
    }

    private string Page(List<StageTime[]> passes, string load)
    {
        var megabytes = bundles.Sum(b => (long)b.Length) / 1e6;
        var page = new StringBuilder("# FHIR engine, one thread\n\n");
        page.Append(CultureInfo.InvariantCulture, $"- **Command** `eng/bench engine`; {TimeProvider.System.GetUtcNow():yyyy-MM-dd}.\n");
        page.Append(CultureInfo.InvariantCulture, $"- **Hardware** {Machine.Describe()}. Load averages {load} at the start, {Machine.Load} at the end.\n");
        page.Append(CultureInfo.InvariantCulture, $"- **Data** {bundles.Count} Synthea bundles, {megabytes:F1} MB of indented JSON in memory, {resources} resources, {found} search values; {rejected} bundles with validation errors.\n");
        page.Append(CultureInfo.InvariantCulture, $"- **Method** Release build, one warm-up pass, then the median of {passes.Count} passes; stages alternate bundle by bundle. MB are those of the bundles as they came. \"CPU\" counts the processor time of\n  the process, garbage collection included, and is what a core of its own would give; the clock shows what was left on a shared machine.\n\n");
        page.Append("| stage | MB/s (CPU) | resources/s (CPU) | us per resource (CPU) | MB/s (clock) | resources/s (clock) |\n|---|---|---|---|---|---|\n");
        for (var i = 0; i < Stages.Length; i++)
        {
            var processor = passes.Select(p => p[i].Processor).ToList().Median();
            var wall = passes.Select(p => p[i].Wall).ToList().Median();
            page.Append(
                CultureInfo.InvariantCulture,
                $"| {Stages[i]} | {megabytes / processor:F0} | {resources / processor:F0} | {processor * 1e6 / resources:F1} | {megabytes / wall:F0} | {resources / wall:F0} |\n");
        }

        return page.ToString();
    }

    /// <summary>Seconds.</summary>
    private readonly record struct StageTime(double Wall, double Processor);
}
