namespace Salus.Bench.EarlyWarning;

/// <summary>
/// Patient-hours by score and outcome, kept for each patient apart, so that the area under the receiver operating characteristic can be given with an interval by resampling patients: the hours of
/// one patient are not independent of each other.
/// </summary>
/// <param name="step">Scores that differ by less count as equal.</param>
internal sealed class RocCounts(decimal step)
{
    private readonly List<(int Bin, int Positive, int Negative)[]> patients = [];
    private int bins;

    public long Positive { get; private set; }

    public long Negative { get; private set; }

    /// <summary>Adds a patient.</summary>
    public void Add(IEnumerable<(decimal Score, bool Positive)> hours)
    {
        var own = hours.GroupBy(h => (int)(h.Score / step)).Select(g => (g.Key, g.Count(h => h.Positive), g.Count(h => !h.Positive))).ToArray();
        foreach (var (bin, positive, negative) in own)
        {
            bins = Math.Max(bins, bin + 1);
            Positive += positive;
            Negative += negative;
        }

        patients.Add(own);
    }

    /// <summary>The probability that an hour with the outcome has a higher score than one without; half of it where both are equal. NaN without both kinds.</summary>
    public double Area() => Area(_ => 1);

    /// <summary>Of these many samples of patients with replacement, the bounds between which 95 % of the areas lie.</summary>
    public (double Low, double High) Interval(int resamples, int seed)
    {
#pragma warning disable CA5394 // Repeatable.
        var random = new Random(seed);
        var areas = new double[resamples];
        var weights = new int[patients.Count];
        for (var i = 0; i < resamples; i++)
        {
            Array.Clear(weights);
            for (var drawn = 0; drawn < weights.Length; drawn++)
            {
                weights[random.Next(weights.Length)]++;
            }

            areas[i] = Area(p => weights[p]);
        }
#pragma warning restore CA5394

        return (areas.Percentile(0.025), areas.Percentile(0.975));
    }

    /// <summary>Hours with the outcome and without that have this score or more.</summary>
    public (long Positive, long Negative) From(decimal score)
    {
        var least = (int)(score / step);
        return (patients.Sum(p => p.Where(h => h.Bin >= least).Sum(h => (long)h.Positive)), patients.Sum(p => p.Where(h => h.Bin >= least).Sum(h => (long)h.Negative)));
    }

    private double Area(Func<int, int> weight)
    {
        var (with, without) = (new long[bins], new long[bins]);
        for (var patient = 0; patient < patients.Count; patient++)
        {
            if (weight(patient) is > 0 and var times)
            {
                foreach (var (bin, positive, negative) in patients[patient])
                {
                    with[bin] += (long)positive * times;
                    without[bin] += (long)negative * times;
                }
            }
        }

        var (below, pairs) = (0L, 0.0);
        for (var bin = 0; bin < bins; bin++)
        {
            pairs += with[bin] * (below + (without[bin] / 2.0));
            below += without[bin];
        }

        return pairs / ((double)with.Sum() * below);
    }
}
