using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Salus.Kernel;
using Salus.Records;

namespace Salus.Host.Commands;

/// <summary><c>salus terminology load</c>: a code system from its publisher's files. Exit code 0: it is loaded; 1: it failed; 2: could not begin; 130: interrupted.</summary>
internal static class TerminologyCommand
{
    public static Command Build()
    {
        var format = new Argument<string>("format") { Description = $"What the files are: {string.Join("; ", TerminologyLoader.Formats.Select(f => $"{f.Key}, {f.Value}"))}." };
        format.CompletionSources.Add([.. TerminologyLoader.Formats.Select(f => f.Key)]);
        var paths = new Argument<string[]>("file") { Description = "Files, folders, .zip and .gz.", Arity = ArgumentArity.OneOrMore };
        var version = new Option<string?>("--version") { Description = "The version of the code system, where the names of the files do not tell it." };
        var data = new Option<string?>("--data") { Description = "The data folder to load into, whether a server runs on it or not. Default: as for serve. With Salus:Postgres set, that database." };
        var again = new Option<bool>("--again") { Description = "Load also when the same files were loaded before." };
        var load = new Command("load", "Loads ICD-10-CM, LOINC, RxNorm, SNOMED CT or CPT, as one step: until its end the version before answers.") { format, paths, version, data, again };
        load.SetAction(async (parsed, stop) =>
        {
            var order = new LoadOrder(parsed.GetValue(format)!, parsed.GetValue(paths)!) { Version = parsed.GetValue(version), Again = parsed.GetValue(again) };
            return await RunAsync(order, parsed.GetValue(data), stop);
        });
        return new Command("terminology", "Code systems that are too large for one resource.") { load };
    }

    private static async Task<int> RunAsync(LoadOrder order, string? data, CancellationToken stop)
    {
        try
        {
            if (TerminologyLoader.Check(order) is { } problem)
            {
                throw new CannotStartException(problem.ToString());
            }

            await using var destination = await RecordProcess.OpenAsync(data, "terminology load", stop);
            await Console.Out.WriteLineAsync($"Loading {order.Format} into {destination.Description}");
            var loader = TerminologyLoader.Into(destination.Services);
            var running = loader.RunAsync(Caller.System, order, stop);
            await FollowAsync(loader.Progress, running);
            var outcome = await running;
            if (outcome.Failed(out var failure))
            {
                await Console.Error.WriteLineAsync($"salus: {failure}");
                return 1;
            }

            Print(outcome.Value);
            return 0;
        }
        catch (CannotStartException e)
        {
            await Console.Error.WriteLineAsync($"salus: {e.Message}");
            return 2;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Interrupted: what was there before is unchanged. Run the same command again.");
            return 130;
        }
        catch (DbException e)
        {
            await Console.Error.WriteLineAsync($"salus: The database failed during the load: {e.Message.ReplaceLineEndings(" ")} Run the same command again.");
            return 1;
        }
    }

    private static async Task FollowAsync(LoadProgress progress, Task load)
    {
        var started = TimeProvider.System.GetTimestamp();
        var screen = !Console.IsOutputRedirected;
        while (await Task.WhenAny(load, Task.Delay(screen ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(5), TimeProvider.System)) != load)
        {
            var share = progress.TotalBytes == 0 ? 0 : Math.Min(1, (double)progress.ReadBytes / progress.TotalBytes);
            var rate = progress.Concepts / Math.Max(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0.001);
            var line = string.Create(CultureInfo.InvariantCulture, $"{share,4:P0}  {progress.Step}: {progress.Concepts:N0} concepts, {rate:N0}/s");
            await (screen ? Console.Out.WriteAsync($"\r{line}  ") : Console.Out.WriteLineAsync(line));
        }

        if (screen)
        {
            await Console.Out.WriteAsync('\r');
        }
    }

    private static void Print(LoadReport report)
    {
        if (report.Repeated > 0)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Repeated:N0} codes came more than once; their first place counts."));
        }

        Console.WriteLine(report.WasThere
            ? string.Create(CultureInfo.InvariantCulture, $"{report.Url}|{report.Version} was loaded from these files before ({report.Concepts:N0} concepts). --again loads it anew.")
            : string.Create(CultureInfo.InvariantCulture, $"{report.Url}|{report.Version}: {report.Concepts:N0} concepts in {report.Elapsed.TotalSeconds:N1} s ({report.Concepts / Math.Max(report.Elapsed.TotalSeconds, 0.001):N0} per second)"));
        Console.WriteLine($"{report.Resource} stands for it.");
    }
}
