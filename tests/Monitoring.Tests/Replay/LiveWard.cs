using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Salus.Kernel;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Devices;
using Salus.Monitoring.Flow;
using Salus.Monitoring.History;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Models;
using Salus.Monitoring.Monitors;
using Salus.Monitoring.Monitors.Facts;
using Salus.Monitoring.Replay;
using Salus.Monitoring.Scores;
using Salus.Monitoring.Storage;
using Salus.Monitoring.Tests.Support;
using Salus.TestSupport;

namespace Salus.Monitoring.Tests.Replay;

/// <summary>Monitors, registry and alerts as they go live, on a real database and a clock that is moved by hand; and a replay over the same database.</summary>
internal sealed class LiveWard : IAsyncDisposable
{
    private readonly TestDatabase database;
    private readonly FactTable factTable;
    private readonly FactBook facts;
    private readonly DeviceIndex index = new(MetricSet.Default);
    private readonly DeviceRegistry registry;
    private readonly RuleBook rules;
    private readonly AlertTable alerts;
    private readonly AlertEngine engine;
    private readonly PatientMonitors monitors;
    private readonly ModelBook models = new();

    private LiveWard(TestDatabase database, SampleStore store, long start)
    {
        (this.database, Store, Clock) = (database, store, new StillClock(start));
        factTable = new FactTable(database.Database, Clock);
        facts = new FactBook(factTable);
        registry = new DeviceRegistry(database.Database, index, Options.Create(new MonitoringOptions { SampleDays = 3650 }), Clock, NullLogger<DeviceRegistry>.Instance);
        rules = new RuleBook(database.Database, Clock, NullLogger<RuleBook>.Instance);
        alerts = new AlertTable(database.Database);
        engine = new AlertEngine(rules, alerts, new MonitoredPatients(registry, index, facts), store.Get<SampleOwner>(), [], Clock, NullLogger<AlertEngine>.Instance);
        monitors = new PatientMonitors(number => store.Book[number], facts, new Scorer([]), new MonitorBook(), [engine], Clock, NullLogger<PatientMonitors>.Instance, models);
    }

    public SampleStore Store { get; }

    public StillClock Clock { get; }

    public AlertEngine Engine => engine;

    public RuleBook Rules => rules;

    /// <summary>Adults, each on the device of these statements; null for a patient of whom nothing is said.</summary>
    public static async Task<LiveWard> StartAsync(TestDatabase database, long start, params (string Patient, long? From, long? Until)[] uses)
    {
        var ward = new LiveWard(database, await SampleStore.StartAsync(database), start);
        await using (var connection = await database.Source.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            var born = uses.Select(u => u.Patient).Distinct().Select(p => new Fact(Tenant.Default, $"Patient/{p}", p, FactKind.BirthDate, new DateOnly(1960, 1, 1).DayNumber, DateTimeOffset.FromUnixTimeMilliseconds(start))).ToList();
            await FactTable.WriteAsync([.. born.Select(f => (f.Tenant, f.Source))], born, connection, transaction, default);
            await DeviceTable.WriteAsync(
                new DeviceChanges(
                    [.. uses.Select(u => u.Patient).Distinct().Select((p, i) => new DeviceRow(Tenant.Default, $"d-{p}", i + 1, false, "active", p, [], null, null))],
                    [.. uses.Select((u, i) => new DeviceUseRow(Tenant.Default, $"u-{i}", 100 + i, false, 1, "active", $"d-{u.Patient}", u.Patient, u.From, u.Until))], []),
                connection, transaction, default);
            await transaction.CommitAsync();
        }

        await ward.registry.StartAsync(default);
        await Eventually.TrueAsync(() => ward.registry.Ready);
        await ward.engine.StartAsync(default);
        foreach (var patient in uses.Select(u => u.Patient).Distinct())
        {
            ward.facts.Of(Tenant.Default, patient);
        }

        await ward.facts.RefreshAsync(default);
        return ward;
    }

    /// <summary>Samples of one patient that come at the moment at which they are measured.</summary>
    public void Come(Series of, params Sample[] samples)
    {
        Clock.Now = samples[0].Time;
        monitors.Committed(of.Partition, 0, samples);
    }

    /// <summary>A model says something of a patient at the moment that it is about.</summary>
    public async Task SayAsync(string patient, ModelReading reading)
    {
        Clock.Now = reading.At;
        await new ModelScoreTable(database.Database, Store.Get<StorageTables>(), Clock).PutAsync(Caller.Local, [(patient, reading)], _ => { }, default);
        models.Put(Tenant.Default, patient, reading);
        monitors.Refresh(Tenant.Default, patient);
        engine.Tick();
    }

    /// <summary>A second has gone by.</summary>
    public void Tick(long now)
    {
        Clock.Now = now;
        monitors.Tick();
        engine.Tick();
    }

    /// <summary>What changed in the table of facts is known.</summary>
    public Task KnowAsync() => facts.RefreshAsync(default);

    /// <summary>Returns when the database has all that rules came to.</summary>
    public Task SettledAsync() => Eventually.TrueAsync(() => engine.Waiting == 0);

    /// <summary>Somebody ends what is open at the moment.</summary>
    public async Task ResolveAsync(string patient, long now)
    {
        await SettledAsync();
        Clock.Now = now;
        foreach (var alert in await alerts.OpenAsync(Tenant.Default, [patient], 100, default))
        {
            var changed = await alerts.ChangeAsync("status = 5, resolved_at = $3, resolved_by = $4, reason = $5, escalate_at = null, snoozed_until = null", "true", Tenant.Default, alert.Id, _ => { }, default, Clock.GetUtcNow(), "nurse A", "seen");
            engine.Tell(changed!);
        }
    }

    public async Task<IReadOnlyList<Alert>> RaisedAsync()
    {
        await SettledAsync();
        return await alerts.ListAsync(Tenant.Default, open: false, null, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, 100_000, default);
    }

    public async Task<Replayed> ReplayAsync(AlertRule? changed, long from, long to, Func<double, ValueTask>? progress = null, CancellationToken ct = default)
    {
        var run = new ReplayRun(Store.Get<SampleHistory>(), Store.Book, factTable, rules, new StoredAlerts(database.Database), index, new Scorer([]), new ModelScoreTable(database.Database, Store.Get<StorageTables>(), Clock));
        var before = rules.Of(Tenant.Default);
        return (await run.RunAsync(
            new ReplayQuestion(Tenant.Default, changed?.Name ?? before[0].Name, before, changed is null ? before : RuleBook.With(before, changed), from, to, null), progress ?? (_ => ValueTask.CompletedTask), ct)).Value;
    }

    public async ValueTask DisposeAsync()
    {
        await engine.StopAsync(default);
        await registry.StopAsync(default);
        engine.Dispose();
        registry.Dispose();
        facts.Dispose();
        await Store.DisposeAsync();
    }
}
