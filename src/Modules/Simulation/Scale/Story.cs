using Salus.Simulation.Chance;
using Salus.Simulation.People;

namespace Salus.Simulation.Scale;

/// <summary>What one visit leaves in the record, beside the encounter itself.</summary>
/// <param name="Panel">Laboratory panel, as an index into <see cref="Measures.Panels"/>; -1 for none.</param>
/// <param name="Further">A second panel.</param>
internal readonly record struct Visit(bool Vitals, int Panel, int Further, bool Condition, int Orders, bool Procedure, bool Vaccination)
{
    public int Resources => 1 + (Vitals ? Measures.Vitals.Length : 0) + Laboratory(Panel) + Laboratory(Further)
        + (Condition ? 1 : 0) + Orders + (Procedure ? 1 : 0) + (Vaccination ? 1 : 0);

    // The tests and their report.
    static int Laboratory(int panel) => panel < 0 ? 0 : Measures.Panels[panel].Tests.Length + 1;
}

/// <summary>What happens to one patient, as far as it decides how many resources there are. Depends on seed and patient alone, and costs next to nothing.</summary>
internal readonly struct Story(int seed, long patient)
{
    // Some panels are ordered more often than others.
    static readonly int[] Ordered = [-1, -1, -1, -1, -1, -1, -1, 0, 0, 1, 1, 2, 3, 4, 5, 6];

    readonly ulong key = Dice.Mix(((ulong)seed << 32) + 0x53_43_41_4C_45 + ((ulong)patient * 0x9E3779B97F4A7C15UL));

    public ulong Key => key;

    public Sex Sex => (key & 1) == 0 ? Sex.Female : Sex.Male;

    public bool Allergy => (key >> 1) % 10 < 3;

    /// <summary>Most people are seen now and then, some are chronically ill: 1 to 55, on average 9.</summary>
    public int Visits => (int)((key >> 8) % 100) switch
    {
        < 55 => 1 + (int)((key >> 16) % 5),
        < 88 => 5 + (int)((key >> 16) % 12),
        _ => 16 + (int)((key >> 16) % 40),
    };

    /// <summary>Everybody's vital signs are measured at the first visit.</summary>
    public Visit Visit(int number)
    {
        var chance = Dice.Mix(key + (ulong)number + 1);
        var panel = Ordered[(chance >> 4) & 15];
        var further = Ordered[(chance >> 8) & 15];
        return new Visit(
            Vitals: number == 0 || (chance & 15) < 14, Panel: panel, Further: ((chance >> 12) & 1) == 0 || further == panel ? -1 : further, Condition: ((chance >> 16) & 15) < 7,
            Orders: (int)((chance >> 20) & 15) switch { < 2 => 2, < 10 => 1, _ => 0 }, Procedure: ((chance >> 24) & 15) < 5, Vaccination: ((chance >> 28) & 15) < 2);
    }

    public int Resources
    {
        get
        {
            var sum = 1 + (Allergy ? 1 : 0);
            for (var number = Visits - 1; number >= 0; number--) sum += Visit(number).Resources;
            return sum;
        }
    }

    /// <summary>When a visit begins, in seconds since 1970: ascending within 2016 to 2025, by day.</summary>
    public long Begin(int number)
    {
        const long first = 16_801, end = 20_453; // days: 2016-01-01, 2025-12-31
        var enters = first + (long)((key >> 24) % 1_400);
        var chance = Dice.Mix(key ^ ((ulong)number + 0x10_0000));
        var day = enters + ((end - enters) * ((number * 1024L) + (long)(chance & 1023)) / (Visits * 1024L));
        return (day * 86_400) + (8 * 3600) + (long)((chance >> 10) % 36_000);
    }
}
