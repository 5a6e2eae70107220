using Salus.Kernel;
using Salus.Simulation.Bedside;
using Salus.Simulation.Chance;
using Salus.Simulation.Streams;

namespace Salus.Simulation;

/// <summary>
/// Streams of made-up bedside monitors into a record: prepares the places, then measures and sends until it is told to stop. What the monitors show depends on plan and start alone.
/// </summary>
/// <param name="plan">What is wanted.</param>
/// <param name="link">The way to the record.</param>
/// <param name="time">The clock.</param>
public sealed class BedsideStreams(StreamPlan plan, IBedsideLink link, TimeProvider time)
{
    /// <summary>The scenario in which nobody falls ill.</summary>
    public const string Calm = "calm";

    private const int IntensiveEvery = 4;

    private IReadOnlyList<Place> places = [];

    /// <summary>Names of the scenarios.</summary>
    public static IReadOnlyList<string> Scenarios { get; } = [Calm, .. IllnessCourse.All.Select(c => c.Name)];

    /// <summary>What has become of the samples.</summary>
    public StreamCounts Counts { get; } = new();

    /// <summary>Finds or makes patients, beds and devices. Doing it again changes nothing.</summary>
    public async Task<Outcome<StreamPlaces>> PrepareAsync(CancellationToken ct)
    {
        var census = await new Census(link, time).FindAsync(plan.Beds, ct);
        if (census.Failed(out var failure))
        {
            return failure;
        }

        places = census.Value.Places;
        return await new Registration(link, time).AttachAsync(places, time.GetUtcNow().AddSeconds(-1), ct) is { } refused
            ? refused
            : new StreamPlaces(census.Value.Found, places.Count - census.Value.Found, [.. Enumerable.Range(0, places.Count).Where(IsIll).Select(i => places[i].Patient)]);
    }

    /// <summary>Measures and sends; after <see cref="PrepareAsync"/>.</summary>
    /// <param name="stop">Ends it; the request that is on the way is answered first.</param>
    /// <returns>Why everything was refused for good; null otherwise.</returns>
    public Task<string?> RunAsync(CancellationToken stop)
    {
        var start = time.GetUtcNow().ToUnixTimeMilliseconds();
        var monitors = Monitors([.. places.Select(p => (p.Device, p.Patient))], start);
        var run = new StreamRun(monitors, start, 1000 / plan.Rate, plan.Speed, link, time, Counts, plan.AsJson);
        return run.UntilAsync(plan.Duration is { } duration ? start + (long)duration.TotalMilliseconds : long.MaxValue, stop);
    }

    /// <summary>The monitors of a plan.</summary>
    internal IReadOnlyList<BedsideMonitor> Monitors(IReadOnlyList<(string Device, string Patient)> beds, long start)
    {
        var course = IllnessCourse.Find(plan.Scenario);
        return
        [
            .. beds.Select((bed, i) => new BedsideMonitor(
                bed.Device, bed.Patient, Normal.Draw(i % IntensiveEvery == IntensiveEvery - 1, Dice.For(plan.Seed, "normal", i)),
                course is not null && IsIll(i) ? new IllnessStory(course, start) : Story.Calm, plan.Seed) { Draws = plan.Waveforms }),
        ];
    }

    // Spread over the beds, the first one among them.
    private bool IsIll(int place)
    {
        var ill = plan.Scenario == Calm ? 0 : Math.Min(plan.Beds, plan.Ill ?? Math.Max(1, plan.Beds / 10));
        return ((long)place * ill) % plan.Beds < ill;
    }
}

/// <summary>Who is measured.</summary>
/// <param name="Found">Patients of the record.</param>
/// <param name="Made">Patients made for it, in the ward <c>simulated-ward</c>.</param>
/// <param name="Ill">Logical ids of those who fall ill.</param>
public sealed record StreamPlaces(int Found, int Made, IReadOnlyList<string> Ill);
