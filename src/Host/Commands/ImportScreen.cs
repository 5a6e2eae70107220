using System.Globalization;
using Salus.Records;
using Spectre.Console;

namespace Salus.Host.Commands;

/// <summary>What an import shows: a bar while it runs, and the table at the end.</summary>
internal static class ImportScreen
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Line = TimeSpan.FromSeconds(5);

    /// <summary>Shows the progress until the import ends, however it ends.</summary>
    public static Task FollowAsync(ImportProgress progress, Task import) =>
        Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive ? LinesAsync(progress, import) : BarAsync(progress, import);

    public static void Print(ImportReport report, ImportOrder order)
    {
        foreach (var notice in report.Notices)
        {
            Console.WriteLine(notice);
        }

        PrintRejected(report, order);
        PrintTable(report.Counts);
        var rate = report.Resources / Math.Max(report.Elapsed.TotalSeconds, 0.001);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Resources:N0} resources in {report.Elapsed.TotalSeconds:N1} s ({rate:N0} per second)"));
        if (report.Interrupted)
        {
            Console.Error.WriteLine("Interrupted. Run the same command again to continue.");
        }
        else if (report.Stopped is { } reason)
        {
            Console.Error.WriteLine($"salus: The import stopped: {reason} Run the same command again to continue.");
        }
        else
        {
            Console.WriteLine(report.Complete ? "Complete: in = stored = searchable." : "NOT complete: see what was rejected.");
        }
    }

    private static void PrintRejected(ImportReport report, ImportOrder order)
    {
        foreach (var rejection in report.Rejected)
        {
            var place = rejection.File + (rejection.Line is { } line ? $":{line}" : "") + (rejection.Entry is { } entry ? $" entry[{entry}]" : "");
            var what = rejection.Type is null ? "" : $" {rejection.Type}{(rejection.Id is null ? "" : $"/{rejection.Id}")}";
            var many = rejection.Resources > 1 ? $" ({rejection.Resources} resources)" : "";
            Console.Error.WriteLine($"rejected {place}{what}{many}: {rejection.Reason}");
        }

        if (report.RejectedCount > report.Rejected.Count)
        {
            Console.Error.WriteLine($"and {report.RejectedCount - report.Rejected.Count:N0} more, {(order.RejectedFile is null ? "use --rejected FILE" : $"see {order.RejectedFile}")}");
        }
    }

    private static void PrintTable(IReadOnlyList<ImportCount> counts)
    {
        var width = Math.Max(5, counts.Select(c => c.Type.Length).DefaultIfEmpty(0).Max());
        Console.WriteLine($"{"type".PadRight(width)} {"in",12} {"stored",12} {"searchable",12}");
        foreach (var count in counts)
        {
            Row(count);
        }

        Row(new ImportCount("total", counts.Sum(c => c.In), counts.Sum(c => c.Stored), counts.Sum(c => c.Searchable)));

        void Row(ImportCount count) => Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{count.Type.PadRight(width)} {count.In,12:N0} {count.Stored,12:N0} {count.Searchable,12:N0}{(count.Equal ? "" : "  differs")}"));
    }

    private static Task BarAsync(ImportProgress progress, Task import) => AnsiConsole.Progress()
        .AutoClear(true)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .StartAsync(async screen =>
        {
            var bar = screen.AddTask("reading");
            await EachAsync(import, Frame, elapsed =>
            {
                bar.MaxValue = Math.Max(1, progress.TotalBytes);
                bar.Value = progress.ReadBytes;
                bar.Description = Markup.Escape(Text(progress, elapsed));
            });
        });

    private static Task LinesAsync(ImportProgress progress, Task import) => EachAsync(import, Line, elapsed =>
    {
        var share = progress.TotalBytes == 0 ? 0 : (double)progress.ReadBytes / progress.TotalBytes;
        var left = share is > 0.01 and < 1 ? $", about {Duration(elapsed * ((1 - share) / share))} left" : "";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{share,4:P0}  {Text(progress, elapsed)}{left}"));
    });

    private static async Task EachAsync(Task import, TimeSpan pause, Action<TimeSpan> show)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (await Task.WhenAny(import, Task.Delay(pause, TimeProvider.System)) != import)
        {
            show(TimeProvider.System.GetElapsedTime(started));
        }
    }

    private static string Text(ImportProgress progress, TimeSpan elapsed)
    {
        var rate = progress.Resources / Math.Max(elapsed.TotalSeconds, 0.001);
        var rejected = progress.Rejected == 0 ? "" : $", {progress.Rejected:N0} rejected";
        return string.Create(CultureInfo.InvariantCulture, $"{progress.Resources:N0} resources, {rate:N0}/s{rejected}  {Path.GetFileName(progress.Current)}");
    }

    private static string Duration(TimeSpan span) => span.TotalMinutes < 2 ? $"{span.TotalSeconds:N0} s" : span.TotalHours < 2 ? $"{span.TotalMinutes:N0} min" : $"{span.TotalHours:N1} h";
}
