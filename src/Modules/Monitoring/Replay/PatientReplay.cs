using System.Runtime.InteropServices;
using Salus.Kernel;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Devices;
using Salus.Monitoring.Flow;
using Salus.Monitoring.History;
using Salus.Monitoring.Models;
using Salus.Monitoring.Monitors;
using Salus.Monitoring.Monitors.Facts;
using Salus.Monitoring.Scores;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.Replay;

/// <summary>
/// Takes the samples of one patient through monitors and rules as they go live, on a clock of its own: each sample is judged at the moment it was measured, and every whole second everything is
/// looked at, for what goes by time. One course of the monitors serves several sets of rules. When a sample arrived is not stored; one that came late is taken for one that came in time.
/// Touches nothing that is live. For one thread at a time.
/// </summary>
internal sealed class PatientReplay : IDisposable
{
    private const long Second = 1000;

    private readonly (Tenant Tenant, string Patient) whose;
    private readonly PatientPast past;
    private readonly FactBook facts = new(null);
    private readonly ModelBook models = new();
    private readonly PartitionMonitors monitors;
    private readonly ReplaySide[] sides;
    private PatientState? state;
    private IReadOnlyList<Adjustment> adjustments;
    private long tick = long.MinValue;
    private long nextFact;
    private long nextAdjustment;
    private int byHand;
    private int model;

    /// <param name="find">A series by its number.</param>
    /// <param name="from">When the first sample may be: milliseconds since 1970 UTC.</param>
    /// <param name="rules">Sets of rules, each in the order in which they are judged.</param>
    public PatientReplay(Tenant tenant, string patient, Func<int, Series> find, Scorer scorer, PatientPast past, long from, params IReadOnlyList<AlertRule>[] rules)
    {
        (whose, this.past) = ((tenant, patient), past);
        sides = [.. rules.Select(r => new ReplaySide(patient, r))];
        monitors = new PartitionMonitors(find, facts, scorer, models);
        Know(from);
        (adjustments, nextAdjustment) = (past.AdjustmentsAt(from), past.NextAdjustment(from));
        while (byHand < past.ByHand.Count && past.ByHand[byHand].At < from)
        {
            byHand++;
        }
    }

    /// <summary>How many samples came.</summary>
    public long Samples { get; private set; }

    /// <summary>Hours in which some did, since 1970.</summary>
    public HashSet<long> Hours { get; } = [];

    /// <summary>What a set of rules came to, in the order in which it was raised.</summary>
    public IReadOnlyList<ReplayedAlert> Alerts(int side) => sides[side].Alerts;

    /// <summary>Takes what comes next, of all series of the patient; each in order of time.</summary>
    public void Take(IReadOnlyList<SeriesPoints> points)
    {
        var places = new int[points.Count];
        var together = new List<Sample>(points.Count);
        while (true)
        {
            var time = long.MaxValue;
            for (var i = 0; i < points.Count; i++)
            {
                time = places[i] < points[i].Points.Count ? Math.Min(time, points[i].Points[places[i]].Time) : time;
            }

            if (time == long.MaxValue)
            {
                return;
            }

            together.Clear();
            for (var i = 0; i < points.Count; i++)
            {
                if (places[i] < points[i].Points.Count && points[i].Points[places[i]] is var point && point.Time == time)
                {
                    together.Add(new Sample(points[i].Series.Number, time, point.Value, point.Flags));
                    places[i]++;
                }
            }

            Take(time, together);
        }
    }

    /// <summary>Lets the time pass, this moment not included.</summary>
    public void Advance(long until)
    {
        for (; state is not null && tick < until; tick += Second)
        {
            Look(tick);
            if (!IsOnDevice(tick))
            {
                // Nothing is judged until somebody is on a device again.
                var next = (past.Devices ?? []).Where(p => p.From > tick).Select(p => p.From).DefaultIfEmpty(until).Min();
                tick = Math.Max(tick, Floor(Math.Min(next, until)) - Second);
            }
        }

        Change(until);
    }

    public void Dispose() => facts.Dispose();

    private void Take(long time, List<Sample> together)
    {
        Advance(time);
        Samples += together.Count;
        Hours.Add(time / UnixTime.Hour);
        monitors.Take(0, CollectionsMarshal.AsSpan(together));
        Know(time);
        foreach (var made in monitors.Evaluate(time))
        {
            Judge(made, time);
        }

        tick = Math.Max(tick, Floor(time + Second - 1));
    }

    private void Look(long now)
    {
        var said = model;
        Change(now);
        foreach (var made in said == model ? monitors.Tick(now) : monitors.Refresh(whose.Tenant, whose.Patient, now))
        {
            Judge(made, now);
        }

        Judge(state!, now);
    }

    private void Judge(PatientState made, long now)
    {
        if (state is null)
        {
            foreach (var side in sides)
            {
                side.Begin(now);
            }
        }

        state = made;
        foreach (var side in sides)
        {
            if (IsOnDevice(now))
            {
                side.Step(made, now, adjustments);
            }
            else
            {
                side.Leave(now);
            }
        }
    }

    // What people and the record brought up to a moment.
    private void Change(long now)
    {
        Know(now);
        if (now >= nextAdjustment)
        {
            (adjustments, nextAdjustment) = (past.AdjustmentsAt(now), past.NextAdjustment(now));
        }

        for (; byHand < past.ByHand.Count && past.ByHand[byHand].At <= now; byHand++)
        {
            foreach (var side in sides)
            {
                side.End(past.ByHand[byHand].Rule, past.ByHand[byHand].At);
            }
        }
    }

    private void Know(long now)
    {
        for (; model < past.Models.Count && past.Models[model].At <= now; model++)
        {
            models.Put(whose.Tenant, whose.Patient, past.Models[model]);
        }

        if (now >= nextFact)
        {
            facts.Set(whose.Tenant, whose.Patient, past.FactsAt(now));
            nextFact = past.NextFact(now);
        }
    }

    private bool IsOnDevice(long now) => Placement.AnyHas(past.Devices, now, facts.Of(whose.Tenant, whose.Patient)?.DischargedAt);

    private static long Floor(long time) => time / Second * Second;
}
