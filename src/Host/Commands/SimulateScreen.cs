using System.Globalization;
using Salus.Simulation;

namespace Salus.Host.Commands;

/// <summary>What <c>salus simulate --beds</c> shows: whom it measures, what is sent and stored each second, and the sums.</summary>
internal static class SimulateScreen
{
    private const int Named = 6;

    private static readonly TimeSpan Frame = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Line = TimeSpan.FromSeconds(5);

    public static void Begin(StreamPlan plan, StreamPlaces places, Uri server)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{places.Found + places.Made} simulated monitors send to {server}: {places.Found} patients of the record, {places.Made} made ones; {plan.Rate:0.###} values a second of each metric, {(plan.Waveforms ? "an ECG and a plethysmogram, " : "")}patients {plan.Speed:0.###} times as fast as the clock."));
        if (places.Ill.Count > 0)
        {
            Console.WriteLine($"{places.Ill.Count} with {plan.Scenario}: {string.Join(", ", places.Ill.Take(Named))}{(places.Ill.Count > Named ? " ..." : "")}");
        }

        Console.WriteLine("Stop it with Ctrl-C.");
    }

    /// <summary>Shows what happens until the run ends, however it ends: a line that changes each second; where nobody looks, one each 5 seconds.</summary>
    public static async Task FollowAsync(StreamCounts counts, Task running)
    {
        var quiet = Console.IsOutputRedirected;
        var rest = quiet ? Line : Frame;
        var (sent, stored, refused) = (0L, 0L, 0L);
        string? told = null;
        while (await Task.WhenAny(running, Task.Delay(rest)) != running)
        {
            var seconds = rest.TotalSeconds;
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"sent {(counts.Made - sent) / seconds:N0}/s, stored {(counts.Stored - stored) / seconds:N0}/s, rejected {(counts.Rejected - refused) / seconds:N0}/s; in all {counts.Stored:N0} stored, {counts.Duplicates:N0} duplicates, {counts.Rejected:N0} rejected, {counts.Open:N0} unanswered");
            (sent, stored, refused) = (counts.Made, counts.Stored, counts.Rejected);
            Console.Write(quiet ? $"{line}\n" : $"\r{line}   ");
            if (counts.Problem is { } problem && problem != told)
            {
                told = problem;
                Console.Error.WriteLine($"{(quiet ? "" : "\n")}salus: {problem}");
            }
        }
    }

    public static void End(StreamCounts counts, string? refused)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(Console.IsOutputRedirected ? "" : "\n")}{counts.Made:N0} values: {counts.Stored:N0} stored, {counts.Duplicates:N0} duplicates, {counts.Rejected:N0} rejected, {counts.Open:N0} unanswered; {counts.Waits:N0} times the server had to be waited for."));
        if ((refused ?? (counts.Rejected > 0 ? counts.Problem : null)) is { } problem)
        {
            Console.Error.WriteLine($"salus: {problem}");
        }
    }
}
