using Salus.Kernel;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Monitors.Facts;
using Salus.Monitoring.Tests.Replay;
using Salus.Monitoring.Tests.Support;
using Salus.TestSupport;

namespace Salus.Monitoring.Tests.Alerts;

/// <summary>Alerts of who is on a device no more, or discharged, end by themselves; and nothing new is said of them.</summary>
public sealed class EndingTests : IAsyncLifetime
{
    private const long Start = SampleStore.Start;
    private const long Minute = 60_000;
    private TestDatabase database = null!;

    public async Task InitializeAsync() => database = await TestDatabase.CreateAsync(MonitoringModule.Migrations);

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task With_the_device_go_the_alerts_and_silence_is_no_alert()
    {
        await using var ward = await LiveWard.StartAsync(database, Start, ("p1", null, Start + (5 * Minute)), ("p2", null, null));
        await FastAsync(ward, "p1");
        await FastAsync(ward, "p2");
        Assert.Equal(["p1", "p2"], (await OpenAsync(ward)).Select(a => a.Patient).Order());

        Ticks(ward, Start + Minute, Start + (15 * Minute));
        var all = await ward.RaisedAsync();
        var ended = Assert.Single(all, a => a is { Patient: "p1", Rule: "tachycardia" });
        Assert.Equal((AlertStatus.Resolved, "system", "no longer monitored", Start + (5 * Minute)), (ended.Status, ended.ResolvedBy, ended.Reason, ended.ResolvedAt!.Value.ToUnixTimeMilliseconds()));
        // Silent for two minutes before the end: that is said, and ends too. After the end it is silent for ten minutes more.
        Assert.Equal("system", Assert.Single(all, a => a is { Patient: "p1", Rule: "device-silent" }).ResolvedBy);
        Assert.Contains(all, a => a is { Patient: "p2", Rule: "device-silent", ResolvedAt: null });
        Assert.Equal(0, await CountAsync("select count(*) from monitoring.alert where patient = 'p1' and (escalate_at is not null or resolved_at is null)"));
    }

    [Fact]
    public async Task What_was_open_when_the_process_died_ends_when_the_next_one_begins()
    {
        await using (var ward = await LiveWard.StartAsync(database, Start, ("p1", null, Start + (5 * Minute))))
        {
            await FastAsync(ward, "p1");
            Assert.Single(await OpenAsync(ward));
        }

        await using var next = await LiveWard.StartAsync(database, Start + (60 * Minute), ("p1", null, Start + (5 * Minute)));
        next.Tick(Start + (60 * Minute));
        Assert.Equal("system", Assert.Single(await next.RaisedAsync()).ResolvedBy);
        Assert.Equal(0, next.Engine.Watching);
    }

    [Fact]
    public async Task Who_is_discharged_is_watched_again_when_they_come_onto_a_device_again()
    {
        await using var ward = await LiveWard.StartAsync(database, Start, ("p1", Start - Minute, null), ("p1", Start + (10 * Minute), null));
        await StayAsync(ward, 1, Start - Minute);
        await FastAsync(ward, "p1");
        await StayAsync(ward, 0, Start + (3 * Minute));
        Ticks(ward, Start + Minute, Start + (9 * Minute));
        Assert.All(await ward.RaisedAsync(), a => Assert.Equal("system", a.ResolvedBy));
        await FastAsync(ward, "p1", 4);
        Assert.Empty(await OpenAsync(ward));

        Ticks(ward, Start + (9 * Minute), Start + (10 * Minute));
        await FastAsync(ward, "p1", 11);
        Assert.Equal("tachycardia", Assert.Single(await OpenAsync(ward)).Rule);
    }

    [Fact]
    public async Task What_people_said_stays_in_front_of_the_reason()
    {
        await using var ward = await LiveWard.StartAsync(database, Start, ("p1", null, Start + (5 * Minute)));
        await FastAsync(ward, "p1");
        Assert.Single(await OpenAsync(ward));
        await CountAsync("update monitoring.alert set acknowledged_at = raised_at, reason = 'Artefact or moved sensor' returning 1");
        Ticks(ward, Start + (6 * Minute), Start + (6 * Minute) + 1000);
        Assert.Equal("Artefact or moved sensor; no longer monitored", Assert.Single(await ward.RaisedAsync()).Reason);
    }

    private static async Task FastAsync(LiveWard ward, string patient, int minute = 0)
    {
        var series = await ward.Store.SeriesAsync(patient, "heart-rate", $"d-{patient}");
        for (var second = 0; second <= 40; second += 20)
        {
            ward.Come(series, new Sample(series.Number, Start + (minute * Minute) + (second * 1000), 150 * Sample.Scale, SampleFlags.None));
        }
    }

    private static void Ticks(LiveWard ward, long from, long to)
    {
        for (var now = from; now <= to; now += 1000)
        {
            ward.Tick(now);
        }
    }

    private static async Task<IEnumerable<Alert>> OpenAsync(LiveWard ward) => (await ward.RaisedAsync()).Where(a => a.ResolvedAt is null);

    private async Task StayAsync(LiveWard ward, int value, long at)
    {
        await using (var connection = await database.Source.OpenConnectionAsync())
        {
            var fact = new Fact(Tenant.Default, "Encounter/e1", "p1", FactKind.Stay, value, DateTimeOffset.FromUnixTimeMilliseconds(at));
            await FactTable.WriteAsync([(fact.Tenant, fact.Source)], [fact], connection, null, default);
        }

        await ward.KnowAsync();
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var command = database.Source.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
