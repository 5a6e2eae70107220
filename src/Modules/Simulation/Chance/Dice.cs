namespace Salus.Simulation.Chance;

/// <summary>
/// Pseudo-random numbers whose sequence is fixed for good, unlike that of <see cref="Random"/>. The generator is SplitMix64
/// (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014). Topics are hashed into the start with 64-bit FNV-1a,
/// so that adding numbers in one topic does not move those of another. Only +, -, * and / touch doubles: IEEE 754 fixes their results.
/// </summary>
internal sealed class Dice(ulong seed)
{
    readonly ulong start = seed;
    ulong state = seed;

    public static Dice For(int seed, string topic, int number = 0) => new Dice((ulong)seed).Fork(topic, number);

    /// <summary>An independent generator for a topic; does not depend on how many numbers were drawn before.</summary>
    public Dice Fork(string topic, int number = 0)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in topic) hash = (hash ^ letter) * 1099511628211UL;
        return new Dice(Mix(Mix(start ^ hash) + (ulong)number));
    }

    ulong Next() => Mix(state += 0x9E3779B97F4A7C15UL);

    /// <summary>The finalizer of SplitMix64: a number that looks random for each number, without a sequence.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>0 to limit - 1.</summary>
    public int Below(int limit) => (int)Math.BigMul(Next(), (ulong)limit, out _);

    /// <summary>Both ends included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    /// <summary>0 (included) to 1 (excluded).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    public double Between(double low, double high) => low + (Unit() * (high - low));

    public bool Hits(double probability) => Unit() < probability;

    /// <summary>Roughly normal, mean 0 and deviation 1, never beyond 3: the sum of twelve uniform numbers (Irwin-Hall), cut.</summary>
    public double Bell()
    {
        var sum = -6.0;
        for (var i = 0; i < 12; i++) sum += Unit();
        return Math.Clamp(sum, -3, 3);
    }

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>One item, each as likely as its weight.</summary>
    public T Pick<T>(IReadOnlyList<T> items, Func<T, int> weight)
    {
        var left = Below(items.Sum(weight));
        return items.First(item => (left -= weight(item)) < 0);
    }

    /// <summary>Fisher-Yates.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
