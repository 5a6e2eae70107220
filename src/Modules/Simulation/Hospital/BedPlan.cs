using Salus.Simulation.Chance;

namespace Salus.Simulation.Hospital;

/// <summary>
/// Which patient number lies in which bed now. A fixed table of the seed, so that a patient's bed does not depend on how many patients are made:
/// each ward's busy beds go to the numbers 1-200, its other beds but one to 201-400, and later numbers are at home.
/// </summary>
internal sealed class BedPlan
{
    const int Block = 200;
    readonly Bed?[] bedOf = new Bed?[2 * Block];

    public BedPlan(int seed)
    {
        var dice = Dice.For(seed, "beds");
        foreach (var ward in Wards.All)
        {
            var beds = ward.AllBeds.ToArray();
            dice.Shuffle(beds.AsSpan());
            Place(beds[..ward.Busy], 0);
            Place(beds[ward.Busy..^1], Block);
        }
        dice.Shuffle(bedOf.AsSpan(0, Block));
        dice.Shuffle(bedOf.AsSpan(Block));
    }

    public Bed? Of(int patient) => patient <= bedOf.Length ? bedOf[patient - 1] : null;

    public IReadOnlySet<Bed> Occupied(int patients) =>
        Enumerable.Range(1, Math.Min(patients, bedOf.Length)).Select(Of).OfType<Bed>().ToHashSet();

    void Place(Bed[] beds, int from)
    {
        var free = Array.IndexOf(bedOf, null, from);
        beds.CopyTo(bedOf, free);
    }
}
