using Salus.Monitoring.Alerts;

namespace Salus.Monitoring.Replay;

/// <summary>
/// Measures what a replay came to. An alert that people acted upon is still raised where the rule has one open for the patient between the time when it was raised and the time when they acted, give
/// or take <see cref="Margin"/>. An outcome is the beginning of an alert of high priority that people acted upon, of whichever rule, with none within <see cref="Apart"/> before it; it is caught where
/// the rule has an alert open within <see cref="Before"/> before it, or raises one within <see cref="Margin"/> after it.
/// </summary>
/// <param name="rule">Name of the rule in question.</param>
/// <param name="from">Alerts raised from then on count: milliseconds since 1970 UTC. Before it the monitors only warm up.</param>
internal sealed class ReplayMeasure(string rule, long from, long to, decimal bedDays, IReadOnlyList<StoredAlert> stored)
{
    /// <summary>A sample may have come this much later than it was measured, and people may have acted this much later.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    public static readonly TimeSpan Before = TimeSpan.FromHours(8);
    public static readonly TimeSpan Apart = TimeSpan.FromHours(4);

    private static readonly long MarginMs = (long)Margin.TotalMilliseconds;

    /// <summary>The burden of a set of rules.</summary>
    /// <param name="all">All alerts that it came to, of those who were replayed.</param>
    public ReplayedBurden Of(IReadOnlyList<AlertRule> rules, IReadOnlyList<ReplayedAlert> all)
    {
        var counted = all.Where(Counts).ToList();
        var own = counted.Where(a => a.Rule == rule).ToList();
        var byPatient = all.Where(a => a.Rule == rule).ToLookup(a => a.Patient, StringComparer.Ordinal);
        var lengths = own.Where(a => a.Until < to).Select(a => (a.Until - a.At) / 1000.0).Order().ToList();
        return new ReplayedBurden(
            own.Count, PerBedDay(own.Count), Median(lengths), own.Select(a => a.Patient).Distinct(StringComparer.Ordinal).Count(), ActedUpon(byPatient), Outcomes(byPatient), counted.Count, PerBedDay(counted.Count),
            [.. rules.Select(r => (Rule: r, Count: counted.Count(a => a.Rule == r.Name))).Select(r => new ReplayedRule(r.Rule.Name, r.Rule.Title, r.Rule.Priority.ToString().ToLowerInvariant(), r.Count, PerBedDay(r.Count)))]);
    }

    /// <summary>Of the alerts that were raised, how many this set of rules raises again.</summary>
    public Caught Again(IReadOnlyList<ReplayedAlert> all)
    {
        var byPatient = all.Where(a => a.Rule == rule).ToLookup(a => a.Patient, StringComparer.Ordinal);
        var known = stored.Where(s => s.Rule == rule && s.At >= from && s.At < to).ToList();
        return Caught.From(known.Count, known.Count(s => byPatient[s.Patient].Any(a => Math.Abs(a.At - s.At) <= MarginMs)));
    }

    /// <summary>Alerts of the rule that one side has and the other has none beside, in the order of time.</summary>
    public IReadOnlyList<ReplayedAlert> Without(IReadOnlyList<ReplayedAlert> one, IReadOnlyList<ReplayedAlert> other)
    {
        var byPatient = other.Where(a => a.Rule == rule).ToLookup(a => a.Patient, StringComparer.Ordinal);
        return [.. one.Where(a => a.Rule == rule && Counts(a) && !byPatient[a.Patient].Any(b => Meet(b, a.At, a.Until))).OrderBy(a => a.At).ThenBy(a => a.Patient, StringComparer.Ordinal)];
    }

    private bool Counts(ReplayedAlert alert) => alert.At >= from && alert.At < to;

    private Caught ActedUpon(ILookup<string, ReplayedAlert> own)
    {
        var acted = stored.Where(s => s.Rule == rule && s.At >= from && s.At < to && s.ActedAt is not null).ToList();
        return Caught.From(acted.Count, acted.Count(s => own[s.Patient].Any(a => Meet(a, s.At - MarginMs, s.ActedAt!.Value + MarginMs))));
    }

    private OutcomesCaught Outcomes(ILookup<string, ReplayedAlert> own)
    {
        var minutes = new List<double>();
        var outcomes = stored.Where(s => s.High && s.ActedAt is not null).GroupBy(s => s.Patient, StringComparer.Ordinal).SelectMany(Beginnings).Where(o => o.At >= from && o.At < to).ToList();
        foreach (var outcome in outcomes)
        {
            var before = own[outcome.Patient].Where(a => Meet(a, outcome.At - (long)Before.TotalMilliseconds, outcome.At + MarginMs)).Select(a => a.At).DefaultIfEmpty(long.MaxValue).Min();
            if (before != long.MaxValue)
            {
                minutes.Add(Math.Min((outcome.At - before) / 60_000.0, Before.TotalMinutes));
            }
        }

        minutes.Sort();
        var caught = Caught.From(outcomes.Count, minutes.Count);
        return new OutcomesCaught(caught.Of, caught.Raised, caught.Share, Median(minutes));
    }

    private static IEnumerable<StoredAlert> Beginnings(IEnumerable<StoredAlert> ofPatient)
    {
        var last = long.MinValue / 2;
        foreach (var alert in ofPatient.OrderBy(a => a.At))
        {
            if (alert.At - last > (long)Apart.TotalMilliseconds)
            {
                yield return alert;
            }

            last = alert.At;
        }
    }

    // Whether an alert is open at some time of a span.
    private static bool Meet(ReplayedAlert alert, long start, long end) => alert.At <= end && alert.Until >= start;

    private static double? Median(List<double> sorted) => sorted.Count == 0 ? null : Math.Round(sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2, 1);

    private decimal? PerBedDay(int alerts) => bedDays > 0 ? Math.Round(alerts / bedDays, 3) : null;
}
