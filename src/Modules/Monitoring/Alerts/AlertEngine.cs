using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Monitoring.Devices;
using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Alerts;

/// <summary>
/// Judges the rules whenever a patient's state changes, and every second for what goes by time, and stores what they come to. What is to be stored waits in memory until the database
/// has it; after a crash the rules are judged again on the same data, and an alert that is open is not raised twice.
/// </summary>
internal sealed class AlertEngine : BackgroundService, IPatientObserver
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRearm = TimeSpan.FromDays(1);

    /// <summary>Who ends the alerts of patients who are on no device any more, and why.</summary>
    internal const string BySystem = "system";
    private const string ByRule = "rule";
    internal const string NotMonitored = "no longer monitored";

    private readonly RuleBook book;
    private readonly AlertTable table;
    private readonly MonitoredPatients monitored;
    private readonly SampleOwner owner;
    private readonly TimeProvider time;
    private readonly ILogger<AlertEngine> log;
    private readonly IAlertObserver[] observers;
    private readonly Lane[] lanes = [.. Enumerable.Range(0, Partitions.Count).Select(p => new Lane(p))];
    private readonly Channel<Outcoming> queue = Channel.CreateUnbounded<Outcoming>(new() { SingleReader = true });
    private long waiting;

    public AlertEngine(RuleBook book, AlertTable table, MonitoredPatients monitored, SampleOwner owner, IEnumerable<IAlertObserver> observers, TimeProvider time, ILogger<AlertEngine> log)
    {
        (this.book, this.table, this.monitored, this.owner, this.time, this.log, this.observers) = (book, table, monitored, owner, time, log, [.. observers]);
    }

    /// <summary>How many patients are watched.</summary>
    internal int Watching => lanes.Sum(l => l.Count);

    /// <summary>How much of what rules came to is not in the database yet.</summary>
    internal long Waiting => Interlocked.Read(ref waiting);

    /// <inheritdoc/>
    public void Changed(PatientState state)
    {
        var lane = LaneOf(state.Tenant, state.Patient);
        if (!owner.Holds(lane.Partition))
        {
            return;
        }

        lock (lane)
        {
            var watched = lane.Of(state);
            watched.State = state;
            if (!Judge(lane, watched, state.Tenant, state.Patient, state.At) && state.Readings.Count == 0)
            {
                // The windows are over, too.
                lane.Patients.Remove((state.Tenant, state.Patient));
            }
        }
    }

    /// <summary>Tells of a change that somebody made; a resolved one keeps its rule quiet for a while.</summary>
    public void Tell(Alert alert)
    {
        End(alert);
        Publish(alert);
    }

    /// <summary>The same of a change that was made in another process. What a rule ended there is no business of the rules here.</summary>
    public void Hear(Alert alert)
    {
        if (alert.ResolvedBy is not (ByRule or BySystem))
        {
            End(alert);
        }

        Publish(alert);
    }

    /// <summary>Judges what goes by time: delays, what is missing, and who is on a device no more.</summary>
    internal void Tick()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var lane in lanes)
        {
            // Nothing comes to a process that does not have the partition: all would be missing.
            if (!owner.Holds(lane.Partition))
            {
                continue;
            }

            lock (lane)
            {
                foreach (var ((tenant, patient), watched) in lane.Patients)
                {
                    // Removing what is gone does not disturb the enumeration.
                    if (!Judge(lane, watched, tenant, patient, now) && watched.State is not { Readings.Count: > 0 })
                    {
                        lane.Patients.Remove((tenant, patient));
                    }
                }
            }
        }
    }

    /// <summary>What was open or had just ended before this process.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await book.LoadAsync(cancellationToken);
        if (!owner.Clustered)
        {
            await LoadAsync([.. Enumerable.Range(0, Partitions.Count)], cancellationToken);
        }

        await base.StartAsync(cancellationToken);
    }

    /// <summary>What is open or has just ended in partitions that come to this process.</summary>
    /// <exception cref="Npgsql.NpgsqlException">The database is away.</exception>
    public async Task LoadAsync(IReadOnlyCollection<int> partitions, CancellationToken ct)
    {
        foreach (var partition in partitions)
        {
            Forget(partition);
        }

        foreach (var ended in await table.EndedSinceAsync(time.GetUtcNow() - LongestRearm, ct))
        {
            Note(partitions, ended, rules => rules.End(ended.ResolvedAt!.Value.ToUnixTimeMilliseconds()));
        }

        foreach (var open in await table.OpenAsync(ct))
        {
            Note(partitions, open, rules => rules.Reopen());
        }
    }

    /// <summary>A partition is another process's.</summary>
    public void Forget(int partition)
    {
        lock (lanes[partition])
        {
            lanes[partition].Patients.Clear();
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(TickAsync(stoppingToken), StoreAsync(stoppingToken));

    private Task TickAsync(CancellationToken stop) => new WorkLoop(time, (e, _) => MonitoringLog.TickFailed(log, e), Second, Second).RunAsync(
        async ct =>
        {
            await Task.Delay(Second, time, ct);
            Tick();
        },
        stop);

    private Task StoreAsync(CancellationToken stop)
    {
        Outcoming? next = null;
        return new WorkLoop(time, (e, pause) => MonitoringLog.AlertsNotStored(log, pause, e), Second).RunAsync(
            async ct =>
            {
                next ??= await queue.Reader.ReadAsync(ct);
                try
                {
                    await StoreAsync(next, ct);
                }
                catch (Exception e) when (SampleOwner.Says(e))
                {
                    // Who has the partition now judges the same data.
                    await owner.CheckAsync(ct);
                }

                next = null;
                Interlocked.Decrement(ref waiting);
            },
            stop);
    }

    private async Task StoreAsync(Outcoming what, CancellationToken ct)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(what.At);
        if (what is not { State: { } state, Event: { } judged })
        {
            (await table.EndAllAsync(what.Tenant, what.Patient, BySystem, NotMonitored, at, ct, what.Holding)).ForEach(Publish);
            return;
        }

        var changed = judged.Step == RuleStep.Raise
            ? await table.RaiseAsync(Guid.CreateVersion7(at), state.Tenant, state.Patient, judged.Rule, AlertWhy.Of(judged, state), at, ct, what.Holding)
            : await table.EndAsync(state.Tenant, state.Patient, judged.Rule.Name, ByRule, at, ct, what.Holding);
        if (changed is not null)
        {
            Publish(changed);
        }
    }

    // Also while the partition is on its way to this process: what was read as open may end meanwhile.
    private void End(Alert alert)
    {
        var lane = LaneOf(alert.Tenant, alert.Patient);
        lock (lane)
        {
            if (alert.Status == AlertStatus.Resolved && (owner.Holds(lane.Partition) || lane.Patients.ContainsKey((alert.Tenant, alert.Patient))))
            {
                lane.Rules(alert).End(alert.ResolvedAt!.Value.ToUnixTimeMilliseconds());
            }
        }
    }

    private void Publish(Alert alert)
    {
        foreach (var observer in observers)
        {
            observer.Changed(alert);
        }
    }

    // False when the patient is under monitoring no more. What was open then ends in its turn, behind what was judged before.
    private bool Judge(Lane lane, Watched watched, Tenant tenant, string patient, long now)
    {
        if (!monitored.Has(tenant, patient, now))
        {
            if (watched.Rules.Leave())
            {
                Store(new Outcoming(HoldingOf(lane), tenant, patient, now, null, null));
            }

            return false;
        }

        if (watched.State is { } state)
        {
            watched.Events.Clear();
            watched.Rules.Step(state, now, book.Of(tenant), book.Of(tenant, patient), watched.Events);
            foreach (var one in watched.Events)
            {
                Store(new Outcoming(HoldingOf(lane), tenant, patient, one.At, state, one));
            }
        }

        return true;
    }

    private void Store(Outcoming what)
    {
        Interlocked.Increment(ref waiting);
        queue.Writer.TryWrite(what);
    }

    private Holding HoldingOf(Lane lane) => new(lane.Partition, owner.Epoch(lane.Partition));

    private void Note(IReadOnlyCollection<int> partitions, Alert alert, Action<RuleTracker> note)
    {
        var lane = LaneOf(alert.Tenant, alert.Patient);
        if (partitions.Contains(lane.Partition))
        {
            lock (lane)
            {
                note(lane.Rules(alert));
            }
        }
    }

    private Lane LaneOf(Tenant tenant, string patient) => lanes[Partitions.Of(tenant, patient)];

    // A partition's patients; whoever uses it locks it.
    private sealed class Lane(int partition)
    {
        public int Partition => partition;

        public Dictionary<(Tenant Tenant, string Patient), Watched> Patients { get; } = [];

        public int Count
        {
            get
            {
                lock (this)
                {
                    return Patients.Count;
                }
            }
        }

        public Watched Of(PatientState state)
        {
            if (!Patients.TryGetValue((state.Tenant, state.Patient), out var watched) || watched.State is null)
            {
                // What was open before is known already; the time from which things are missing begins now.
                var known = watched;
                watched = known ?? new Watched(new PatientRules());
                watched.Rules.Begin(state.At);
                Patients[(state.Tenant, state.Patient)] = watched;
            }

            return watched;
        }

        public RuleTracker Rules(Alert alert)
        {
            if (!Patients.TryGetValue((alert.Tenant, alert.Patient), out var watched))
            {
                Patients[(alert.Tenant, alert.Patient)] = watched = new Watched(new PatientRules());
            }

            return watched.Rules.Of(alert.Rule);
        }
    }

    // Something to be stored: what a rule came to, or, without that, the end of everything that is open.
    private sealed record Outcoming(Holding Holding, Tenant Tenant, string Patient, long At, PatientState? State, RuleEvent? Event);

    private sealed record Watched(PatientRules Rules)
    {
        public PatientState? State { get; set; }

        public List<RuleEvent> Events { get; } = [];
    }
}
