using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Salus.Simulation;

namespace Salus.Host.Commands;

/// <summary><c>salus simulate</c>: a made-up record of any size as NDJSON, for measurements. Exit code 2: the file cannot be written.</summary>
internal static class SimulateCommand
{
    // Between two looks at Ctrl-C.
    private const long Step = 10_000;

    public static Command Build()
    {
        var resources = new Option<long>("--resources") { Description = "How many resources. A greater record begins with the smaller one of the same seed.", Required = true };
        var skip = new Option<long>("--skip") { Description = "Leave out that many at the beginning: those that a record has already. Default: 0." };
        var seed = new Option<int>("--seed") { Description = "Another number is another record. Default: 1.", DefaultValueFactory = _ => 1 };
        var output = new Option<string>("--out") { Description = "The file; compressed when it ends with .gz. Default: -, the standard output.", DefaultValueFactory = _ => "-" };
        foreach (var number in (Option<long>[])[resources, skip])
        {
            number.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<long>() < 0)
                {
                    result.AddError($"{number.Name} cannot be negative.");
                }
            });
        }

        var command = new Command("simulate", "Writes a made-up record of any size as NDJSON: patients with visits, measurements, orders.") { resources, skip, seed, output };
        command.SetAction((parsed, stop) => Task.FromResult(Run(new ScaleRecord(parsed.GetValue(seed)), parsed.GetValue(output)!, parsed.GetValue(skip), parsed.GetValue(resources), stop)));
        return command;
    }

    private static int Run(ScaleRecord record, string path, long skip, long resources, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            long bytes = 0;
            using (var output = Open(path))
            {
                for (var first = skip; first < resources && !stop.IsCancellationRequested; first += Step)
                {
                    bytes += record.Write(output, first, Math.Min(Step, resources - first));
                }
            }

            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{Math.Max(0, resources - skip):N0} resources, {bytes / 1e6:N0} MB in {seconds:N1} s ({Math.Max(0, resources - skip) / Math.Max(seconds, 0.001):N0} per second)"));
            return stop.IsCancellationRequested ? 130 : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"salus: {path} cannot be written: {e.Message}");
            return 2;
        }
    }

    private static Stream Open(string path)
    {
        if (path == "-")
        {
            return Console.OpenStandardOutput();
        }

        var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionLevel.Fastest) : file;
    }
}
