using System.Diagnostics;
using System.Text.Json;
using Salus.Bench.Corpus;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Search;

namespace Salus.Bench.Paths;

/// <summary>
/// The expressions of R4's search parameters over Synthea resources, on one thread: Salus, and fhirpath.js on the same resources in the same run.
/// </summary>
internal sealed class FhirPathBenchmark(CommandLine line)
{
    public static readonly string[] Options = ["--bundles", "--passes"];

    private static readonly PathOptions Rules = new() { Rules = PathRules.Definitions };
    private readonly Dictionary<string, List<FhirPath>> paths = new(StringComparer.Ordinal);
    private readonly List<byte[]> texts = [];
    private readonly List<ResourceDocument> documents = [];
    private readonly PathCollection values = new();

    public async Task RunAsync()
    {
        var passes = (int)line.Number("--passes", 5);
        var page = new ResultPage("FHIRPath: Salus and fhirpath.js", $"fhirpath {line.Text}".TrimEnd());
        Load((int)line.Number("--bundles", 20));
        var folder = Directory.CreateTempSubdirectory("salus-bench-");
        try
        {
            await WriteAsync(folder.FullName);
            // The first run says which expressions both can evaluate.
            var trial = await FhirPathJs.RunAsync(folder.FullName, 1);
            foreach (var refused in trial.Unsupported)
            {
                paths[refused.Type].RemoveAll(p => p.Text == refused.Expression);
            }

            await WriteAsync(folder.FullName);
            var before = Measure(passes);
            var other = await FhirPathJs.RunAsync(folder.FullName, passes);
            var after = Measure(passes);
            Write(page, passes, trial, other, [.. before.Evaluation, .. after.Evaluation], [.. before.Reading, .. after.Reading]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        await page.WriteAsync(line.Page("fhirpath.md"));
    }

    private void Load(int bundles)
    {
        var parameters = new SearchParameterSet(FhirDefinitions.R4);
        foreach (var bundle in SyntheaBundles.Patients(line.Data).Take(bundles))
        {
            foreach (var (resource, _) in BundleEntries.In(Read(bundle).Root))
            {
                var compact = JsonSerializer.SerializeToUtf8Bytes(JsonDocument.Parse(resource.RawUtf8.ToArray()).RootElement);
                texts.Add(compact);
                documents.Add(Read(compact));
            }
        }

        foreach (var type in documents.Select(d => d.Type.Name).Distinct())
        {
            var expressions = parameters.For(type).Values.Select(p => p.Definition.Expression).OfType<string>().Distinct(StringComparer.Ordinal);
            paths[type] = [.. expressions.Select(e => FhirPath.Compile(e, type, Rules))];
        }
    }

    private static ResourceDocument Read(byte[] utf8) =>
        ResourceReader.TryRead(utf8, FhirDefinitions.R4, out var document, out var issue) ? document : throw new InvalidDataException(issue.Message);

    private async Task WriteAsync(string folder)
    {
        await using (var file = File.Create(Path.Combine(folder, "resources.ndjson")))
        {
            foreach (var text in texts)
            {
                await file.WriteAsync(text);
                file.WriteByte((byte)'\n');
            }
        }

        await File.WriteAllBytesAsync(
            Path.Combine(folder, "expressions.json"), JsonSerializer.SerializeToUtf8Bytes(paths.ToDictionary(p => p.Key, p => p.Value.Select(e => e.Text).ToArray())));
    }

    // Salus is so much faster that a pass is repeated, to have something to measure.
    private (List<double> Evaluation, List<double> Reading) Measure(int passes)
    {
        const int Repeat = 10;
        for (var i = 0; i < Repeat; i++)
        {
            Evaluate();
        }

        var evaluation = Enumerable.Range(0, passes).Select(_ => Seconds(Evaluate, Repeat)).ToList();
        return (evaluation, Enumerable.Range(0, passes).Select(_ => Seconds(() => texts.ForEach(t => Read(t)), 1)).ToList());
    }

    private static double Seconds(Action work, int times)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < times; i++)
        {
            work();
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds / times;
    }

    private void Evaluate()
    {
        foreach (var document in documents)
        {
            foreach (var path in paths[document.Type.Name])
            {
                if (!path.TryEvaluate(document.Root, values, out var error))
                {
                    throw new InvalidDataException($"{path.Text}: {error}");
                }

                values.Clear();
            }
        }
    }

    private Dictionary<string, long> Counts()
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var document in documents)
        {
            foreach (var path in paths[document.Type.Name])
            {
                path.TryEvaluate(document.Root, values, out _);
                var key = $"{document.Type.Name}\t{path.Text}";
                counts[key] = counts.GetValueOrDefault(key) + values.Count;
                values.Clear();
            }
        }

        return counts;
    }

    private void Write(ResultPage page, int passes, FhirPathJsResult trial, FhirPathJsResult other, List<double> evaluation, List<double> reading)
    {
        var counts = Counts();
        var different = counts.Where(c => other.Values.GetValueOrDefault(c.Key) != c.Value).ToList();
        var evaluations = documents.Sum(d => (long)paths[d.Type.Name].Count);
        page.Fact("Data", $"{documents.Count} resources of {paths.Count} types from the first {line.Number("--bundles", 20)} Synthea bundles, {paths.Sum(p => p.Value.Count)} expressions, {evaluations} evaluations a pass, {counts.Values.Sum()} values.");
        page.Fact("Against", $"fhirpath.js {other.Version} with its R4 model, Node.js {other.Node}; compiled expressions, objects parsed before.");
        page.Fact("Method", $"One thread each. Salus {passes} passes (each the mean of 10), fhirpath.js {passes} passes after two to warm up, Salus {passes} passes again; medians.");
        page.Fact("Left out", $"{trial.Unsupported.Count} expressions that fhirpath.js refuses without a server ({string.Join("; ", trial.Unsupported.Select(u => u.Reason.Split(", got")[0]).Distinct().Take(3))}).");
        page.Fact("Same answers", different.Count == 0 ? "the number of values is the same for every expression." : $"the number of values differs for {different.Count}: {string.Join("; ", different.Take(5).Select(d => $"{d.Key.Replace('\t', ' ')} ({d.Value}, fhirpath.js {other.Values.GetValueOrDefault(d.Key)})"))}.");
        page.Columns("", "Salus, us", "fhirpath.js, us", "times faster");
        Row(page, "an evaluation", evaluation.Median() / evaluations, other.Evaluation.Median() / evaluations);
        Row(page, "a resource, all its expressions", evaluation.Median() / documents.Count, other.Evaluation.Median() / documents.Count);
        Row(page, "the same, with reading its JSON", (evaluation.Median() + reading.Median()) / documents.Count, (other.Evaluation.Median() + other.Reading.Median()) / documents.Count);
        page.Line();
        page.Format($"Spread of the passes: Salus {evaluation.Min() * 1e3:F1} to {evaluation.Max() * 1e3:F1} ms, fhirpath.js {other.Evaluation.Min() * 1e3:F0} to {other.Evaluation.Max() * 1e3:F0} ms.");
    }

    private static void Row(ResultPage page, string what, double salus, double other) =>
        page.Format($"| {what} | {salus * 1e6:F2} | {other * 1e6:F1} | {other / salus:F0} |");
}
