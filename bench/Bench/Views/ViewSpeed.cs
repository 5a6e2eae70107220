using System.Diagnostics;
using System.Text;
using Salus.Bench.Corpus;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Views;

namespace Salus.Bench.Views;

/// <summary>How many flat Observation rows one thread makes out of NDJSON.</summary>
internal sealed class ViewSpeed
{
    private const string Definition = """
        {
          "resourceType": "ViewDefinition", "name": "observation_flat", "status": "active", "resource": "Observation",
          "select": [{
            "column": [
              { "name": "id", "path": "getResourceKey()", "type": "id" },
              { "name": "patient_id", "path": "subject.getReferenceKey()", "type": "string" },
              { "name": "encounter_id", "path": "encounter.getReferenceKey()", "type": "string" },
              { "name": "status", "path": "status", "type": "code" },
              { "name": "code_system", "path": "code.coding.first().system", "type": "uri" },
              { "name": "code", "path": "code.coding.first().code", "type": "code" },
              { "name": "display", "path": "code.text", "type": "string" },
              { "name": "effective", "path": "effective.ofType(dateTime)", "type": "dateTime" },
              { "name": "value", "path": "value.ofType(Quantity).value", "type": "decimal" },
              { "name": "unit", "path": "value.ofType(Quantity).unit", "type": "string" },
              { "name": "value_code", "path": "value.ofType(CodeableConcept).coding.first().code", "type": "code" }
            ]
          }]
        }
        """;

    private static readonly (string Name, RowFormat? Format)[] Stages =
        [("rows, not written", null), ("CSV", RowFormat.Csv), ("NDJSON", RowFormat.Ndjson), ("Parquet", RowFormat.Parquet)];

    private readonly View view;
    private readonly byte[] lines;
    private readonly int resources;

    private ViewSpeed(string data)
    {
        view = View.TryCompile(Encoding.UTF8.GetBytes(Definition), FhirDefinitions.R4, out var compiled, out var issues) ? compiled : throw new InvalidDataException(string.Join('\n', issues));
        (lines, resources) = Lines(data);
    }

    public static async Task RunAsync(CommandLine options)
    {
        var bench = new ViewSpeed(options.Data);
        var passes = (int)options.Number("--passes", 5);
        var page = new ResultPage("Views", $"views {options.Text}".TrimEnd());
        page.Fact("Data", $"{bench.resources:N0} Observations of the 150 Synthea patients as NDJSON in memory, {bench.lines.Length / 1e6:F1} MB, {bench.lines.Length / bench.resources:N0} bytes each.");
        page.Fact("Method", $"Release build; the lines are read, become rows of 11 columns (keys, status, code, display, time, value, unit) and are written as bytes that are then dropped. One warm-up pass, then the median of {passes} passes; stages alternate. \"CPU\" is the processor time of the process, garbage collection included: what a core of its own would give.");
        bench.Measure(page, passes);
        if (options.Number("--writes", 500) is > 0 and var writes)
        {
            await ViewLatency.MeasureAsync(page, (int)writes);
        }

        await page.WriteAsync(options.Page("views.md"));
        Console.WriteLine(await File.ReadAllTextAsync(options.Page("views.md")));
    }

    private void Measure(ResultPage page, int passes)
    {
        var results = Stages.Select(_ => new List<(double Wall, double Processor)>()).ToList();
        for (var pass = 0; pass <= passes; pass++)
        {
            for (var stage = 0; stage < Stages.Length; stage++)
            {
                var time = Time(Stages[stage].Format);
                if (pass > 0)
                {
                    results[stage].Add(time);
                }
            }
        }

        page.Line();
        page.Line("## Rows in process, one thread");
        page.Columns("output", "rows/s (CPU)", "us per row (CPU)", "MB/s in (CPU)", "rows/s (clock)", "slowest pass, rows/s (CPU)");
        for (var stage = 0; stage < Stages.Length; stage++)
        {
            var processor = results[stage].Select(r => r.Processor).ToList().Median();
            var wall = results[stage].Select(r => r.Wall).ToList().Median();
            page.Format($"| {Stages[stage].Name} | {resources / processor:N0} | {processor * 1e6 / resources:F2} | {lines.Length / 1e6 / processor:N0} | {resources / wall:N0} | {resources / results[stage].Max(r => r.Processor):N0} |");
        }
    }

    private (double Wall, double Processor) Time(RowFormat? format)
    {
        GC.Collect();
        var processor = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        var rows = Pass(format);
        var time = (Stopwatch.GetElapsedTime(started).TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
        return rows == resources ? time : throw new InvalidDataException($"{rows} rows of {resources} resources");
    }

    private long Pass(RowFormat? format)
    {
        var source = new ResourceLines(new MemoryStream(lines), FhirDefinitions.R4);
        var run = view.Start();
        var counter = new Counter();
        var writer = format is { } known ? RowWriter.Create(known, view) : null;
        writer?.Begin();
        while (source.TryNext(run, writer is null ? counter : writer, out var issue))
        {
            if (writer?.Pending.Length > 256 * 1024)
            {
                writer.Taken();
            }
        }

        writer?.End();
        return writer?.Rows ?? counter.Rows;
    }

    private static (byte[] Lines, int Resources) Lines(string data)
    {
        var lines = new MemoryStream();
        var count = 0;
        foreach (var bundle in SyntheaBundles.Patients(data))
        {
            ResourceReader.TryRead(bundle, FhirDefinitions.R4, out var document, out _);
            foreach (var (resource, _) in BundleEntries.In(document!.Root))
            {
                if (resource.Type!.Name == "Observation")
                {
                    lines.Write(ResourceRewriter.Copy(resource));
                    lines.WriteByte((byte)'\n');
                    count++;
                }
            }
        }

        return (lines.ToArray(), count);
    }

    private sealed class Counter : IViewRows
    {
        public long Rows { get; private set; }

        public void Add(ReadOnlySpan<ViewCell> row) => Rows++;
    }
}
