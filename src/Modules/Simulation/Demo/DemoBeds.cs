using Salus.Simulation.Bedside;
using Salus.Simulation.Chance;
using Salus.Simulation.Hospital;
using Salus.Simulation.Streams;

namespace Salus.Simulation.Demo;

/// <summary>The adults who lie in some wards of the demo hospital, and what becomes of them.</summary>
internal sealed class DemoBeds
{
    /// <summary>How far the first illness has come when the monitors begin: scores rise in front of who looks.</summary>
    private const double FirstIllness = 3.7 * 3_600_000;

    private readonly int seed;
    private readonly List<(Place Place, bool Intensive)> beds;

    /// <param name="wards">Logical ids with commas between.</param>
    public DemoBeds(SyntheticHospital hospital, HospitalPlan plan, string wards)
    {
        seed = plan.Seed;
        var wanted = wards.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        var plans = new BedPlan(seed);
        beds =
        [
            .. Enumerable.Range(1, Math.Min(plan.Patients, 400)).Select(number => (Number: number, Bed: plans.Of(number)))
                .Where(p => p.Bed is not null && wanted.Contains(p.Bed.Ward.Id))
                .Select(p => (hospital.Chart(p.Number).Person, Bed: p.Bed!))
                .Where(p => p.Person.Death is null && p.Person.AgeAt(hospital.Until) >= 16)
                .Select(p => (new Place($"demo-monitor-{p.Bed.Id}", p.Person.Id, p.Bed.Id), p.Bed.Ward == Wards.IntensiveCare)),
        ];
        // The turns of falling ill begin on an ordinary ward.
        Dice.For(seed, "monitors").Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(beds));
        var first = beds.FindIndex(b => !b.Intensive);
        if (first > 0)
        {
            (beds[0], beds[first]) = (beds[first], beds[0]);
        }
    }

    /// <summary>In the order in which they fall ill.</summary>
    public IReadOnlyList<Place> Places => [.. beds.Select(b => b.Place)];

    /// <summary>Monitors that begin to measure.</summary>
    /// <param name="since">Since when there are monitors, milliseconds since 1970 UTC: illnesses are counted from there.</param>
    /// <param name="start">The time of the first measurement: each start has noise of its own.</param>
    /// <param name="draw">How many of them draw curves too: those who fall ill first.</param>
    public IReadOnlyList<BedsideMonitor> Monitors(long since, long start, int draw = 0) =>
    [
        .. beds.Select((bed, turn) => new BedsideMonitor(
            bed.Place.Device, bed.Place.Patient, Normal.Draw(bed.Intensive, Dice.For(seed, bed.Place.Device)), new TurnStory(turn, beds.Count, since - (long)FirstIllness), seed ^ (int)(start / 1000)) { Draws = turn < draw }),
    ];
}
