using System.Globalization;
using Salus.Records;
using Spectre.Console;

namespace Salus.Host.Commands;

/// <summary>What a check shows: a bar while it runs, and what it found.</summary>
internal static class CheckScreen
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Line = TimeSpan.FromSeconds(5);

    /// <summary>Shows the progress until the check ends, however it ends.</summary>
    public static Task FollowAsync(CheckProgress progress, Task check) =>
        Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive
            ? EachAsync(check, Line, elapsed => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{progress.Share,4:P0}  {Text(progress, elapsed)}")))
            : BarAsync(progress, check);

    public static void Print(CheckReport report)
    {
        foreach (var difference in report.Differences)
        {
            Console.Error.WriteLine($"differs: {difference}");
        }

        var rate = report.Resources / Math.Max(report.Elapsed.TotalSeconds, 0.001);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Resources:N0} resources, {report.Versions:N0} versions up to position {report.Position:N0} in {report.Elapsed.TotalSeconds:N1} s ({rate:N0} resources per second)"));
        foreach (var (consumer, position) in report.Consumers)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"feed consumer {consumer} is at {position:N0}, {report.Position - position:N0} behind"));
        }

        Console.WriteLine(report.Clean
            ? "Clean: log = current = index = feed."
            : string.Create(CultureInfo.InvariantCulture, $"NOT clean: {report.Differences.Count} {(report.Differences.Count == 1 ? "difference" : "differences")}{(report.Stopped ? ", then it stopped (--all lists more)" : "")}."));
    }

    private static Task BarAsync(CheckProgress progress, Task check) => AnsiConsole.Progress()
        .AutoClear(true)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn())
        .StartAsync(async screen =>
        {
            var bar = screen.AddTask("log", maxValue: 1);
            await EachAsync(check, Frame, elapsed =>
            {
                bar.Value = progress.Share;
                bar.Description = Markup.Escape(Text(progress, elapsed));
            });
        });

    private static async Task EachAsync(Task check, TimeSpan pause, Action<TimeSpan> show)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (await Task.WhenAny(check, Task.Delay(pause, TimeProvider.System)) != check)
        {
            show(TimeProvider.System.GetElapsedTime(started));
        }
    }

    private static string Text(CheckProgress progress, TimeSpan elapsed) => string.Create(
        CultureInfo.InvariantCulture,
        $"{progress.Step}: {progress.Versions:N0} versions, {progress.Resources:N0} resources, {progress.Resources / Math.Max(elapsed.TotalSeconds, 0.001):N0}/s");
}
