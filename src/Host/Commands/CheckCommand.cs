using System.CommandLine;
using Salus.Records;

namespace Salus.Host.Commands;

/// <summary><c>salus check</c>: is the record consistent. Exit code 0: it is; 1: something differs; 2: could not be checked; 130: interrupted.</summary>
internal static class CheckCommand
{
    private const int MostListed = 100;

    public static Command Build()
    {
        var data = new Option<string?>("--data") { Description = "The data folder to check, when no server runs on it. Default: as for serve. With Salus:Postgres set, that database is checked, running or not." };
        var all = new Option<bool>("--all") { Description = $"List up to {MostListed} differences instead of stopping at the first." };
        var versions = new Option<bool>("--all-versions") { Description = "Read the bodies of old versions too." };
        var command = new Command("check", "Verifies that log = current versions = index = feed, and names the first difference.") { data, all, versions };
        command.SetAction(async (parsed, stop) =>
        {
            var order = new CheckOrder { AllVersions = parsed.GetValue(versions), MaxDifferences = parsed.GetValue(all) ? MostListed : 1 };
            return await RunAsync(order, parsed.GetValue(data), stop);
        });
        return command;
    }

    private static Task<int> RunAsync(CheckOrder order, string? data, CancellationToken stop) => CheckedStore.UseAsync(data, "check", beside: false, async store =>
    {
        await Console.Out.WriteLineAsync($"Checking {store.Description}");
        var progress = new CheckProgress();
        var running = store.Check.RunAsync(order, progress, stop);
        await CheckScreen.FollowAsync(progress, running);
        var report = await running;
        CheckScreen.Print(report);
        return report.Clean ? 0 : 1;
    }, stop);
}
