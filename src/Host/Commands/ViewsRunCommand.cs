using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Salus.Fhir.Definitions;
using Salus.Fhir.Views;

namespace Salus.Host.Commands;

/// <summary><c>salus views run</c>: a view over FHIR files. Exit code 0: all rows are written; 1: the view or a resource is wrong; 2: a file cannot be read or written; 130: interrupted.</summary>
internal static class ViewsRunCommand
{
    private const int Enough = 256 * 1024;

    public static Command Build()
    {
        var definition = new Argument<string>("view") { Description = "The ViewDefinition, a JSON file." };
        var files = new Argument<string[]>("file")
        {
            Description = "FHIR files: .ndjson with a resource per line, .json with a resource or a Bundle; each also .gz.",
            Arity = ArgumentArity.OneOrMore,
        };
        var format = new Option<RowFormat>("--format") { Description = "csv, ndjson, json or parquet. Default: by the ending of the output, else csv." };
        var output = new Option<string>("--output") { Description = "The file to write. Default: -, the standard output.", DefaultValueFactory = _ => "-" };
        var command = new Command("run", "Runs a view over FHIR files and writes its rows.") { definition, files, format, output };
        command.SetAction((parsed, stop) =>
        {
            var target = parsed.GetValue(output)!;
            var form = parsed.GetResult(format) is { Implicit: false } ? parsed.GetValue(format) : ByEnding(target);
            return Task.FromResult(Run(parsed.GetValue(definition)!, parsed.GetValue(files)!, form, target, stop));
        });
        return command;
    }

    private static RowFormat ByEnding(string path) =>
        Enum.TryParse<RowFormat>(Path.GetExtension(path).TrimStart('.'), ignoreCase: true, out var format) ? format : RowFormat.Csv;

    private static int Run(string definition, string[] files, RowFormat format, string output, CancellationToken stop)
    {
        try
        {
            if (!View.TryCompile(InputFile.Read(definition), FhirDefinitions.R4, out var view, out var issues))
            {
                foreach (var issue in issues)
                {
                    Console.Error.WriteLine($"salus: {definition}: {issue.Path}: {issue.Message}");
                }

                return 1;
            }

            Array.ForEach(files, f => InputFile.Need(f));
            return Write(view, files, format, output, stop);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Console.Error.WriteLine($"salus: {e.Message}");
            return 2;
        }
    }

    // Under another name until it is complete: nobody takes a part for the whole.
    private static int Write(View view, string[] files, RowFormat format, string output, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        var part = $"{output}.part";
        var writer = RowWriter.Create(format, view);
        var run = view.Start();
        long resources = 0;
        int code;
        using (var target = output == "-" ? Console.OpenStandardOutput() : new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0))
        {
            writer.Begin();
            code = files.Select(f => Add(f, run, writer, target, ref resources, stop)).FirstOrDefault(c => c != 0);
            if (code == 0)
            {
                writer.End();
                target.Write(writer.Pending.Span);
            }
        }

        if (output != "-")
        {
            if (code == 0)
            {
                File.Move(part, output, overwrite: true);
            }
            else
            {
                File.Delete(part);
            }
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{writer.Rows:N0} rows of {resources:N0} resources in {seconds:N1} s{(code == 0 ? "" : "; not complete")}"));
        return code;
    }

    private static int Add(string file, ViewRun run, RowWriter writer, Stream target, ref long resources, CancellationToken stop)
    {
        using var source = ViewInput.Open(file);
        var rows = new WrittenRows(writer, target);
        while (source.TryNext(run, rows, out var issue))
        {
            if (stop.IsCancellationRequested)
            {
                return 130;
            }
        }

        resources += source.Resources;
        if (source.Issue is { } found)
        {
            Console.Error.WriteLine($"salus: {source.Place}: {(found.Path is null ? "" : $"{found.Path}: ")}{found.Message}");
            return 1;
        }

        return 0;
    }

    /// <summary>Rows that go to the file while they come: one bundle can make more of them than fit in memory.</summary>
    private sealed class WrittenRows(RowWriter writer, Stream target) : IViewRows
    {
        public void Add(ReadOnlySpan<ViewCell> row)
        {
            writer.Add(row);
            if (writer.Pending.Length > Enough)
            {
                target.Write(writer.Pending.Span);
                writer.Taken();
            }
        }
    }
}
