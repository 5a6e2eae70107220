using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.History;
using Salus.Monitoring.Storage;
using Salus.Monitoring.Tests.Support;
using Salus.TestSupport;

namespace Salus.Monitoring.Tests.Samples;

/// <summary>Samples as rows beside the blocks, in a PostgreSQL without TimescaleDB; the hypertable is made and filled in tests/Timescale.</summary>
public sealed class SampleRowsTests : IAsyncLifetime
{
    private const long Start = SampleStore.Start;
    private static readonly MonitoringOptions On = new() { SqlSamples = SqlSamples.On };
    private TestDatabase database = null!;

    public async Task InitializeAsync() => database = await TestDatabase.CreateAsync(MonitoringModule.Migrations);

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task Each_sample_in_blocks_is_a_row_once()
    {
        var store = await SampleStore.StartAsync(database, On);
        var (one, two) = (await store.SeriesAsync(), await store.SeriesAsync("p2", "oxygen-saturation", "d2"));
        await store.TakeAsync(new Sample(one.Number, Start, 71_500, SampleFlags.None), new Sample(one.Number, Start + 1000, 72_000, SampleFlags.Implausible | SampleFlags.Simulated), new Sample(two.Number, Start, 97_000, SampleFlags.None));
        await store.Get<Flusher>().FlushAllAsync(default);
        // The same again, one that comes late and one of the day before, and a crash before they are in blocks.
        await store.TakeAsync(new Sample(one.Number, Start, 71_500, SampleFlags.None), new Sample(one.Number, Start + 500, 70_000, SampleFlags.None), new Sample(one.Number, Start - UnixTime.Day, 65_000, SampleFlags.None));
        await using var next = await SampleStore.StartAsync(database, On);
        await next.Get<Flusher>().FlushAllAsync(default);
        await next.Get<Flusher>().FlushAllAsync(default);

        Assert.Equal(
            [
                ("p1", "d1", "heart-rate", Start - UnixTime.Day, 65, 0), ("p1", "d1", "heart-rate", Start, 71.5, 0), ("p1", "d1", "heart-rate", Start + 500, 70, 0),
                ("p1", "d1", "heart-rate", Start + 1000, 72, 9), ("p2", "d2", "oxygen-saturation", Start, 97, 0),
            ],
            await RowsAsync());
        await store.DisposeAsync();
    }

    [Theory]
    [InlineData(SqlSamples.Off)]
    [InlineData(SqlSamples.Auto)]
    public async Task Without_the_setting_or_the_extension_there_are_none(SqlSamples setting)
    {
        await using var store = await SampleStore.StartAsync(database, new MonitoringOptions { SqlSamples = setting });
        await store.TakeAsync(new Sample((await store.SeriesAsync()).Number, Start, 71_000, SampleFlags.None));
        await store.Get<Flusher>().FlushAllAsync(default);
        Assert.Empty(await RowsAsync());
    }

    [Fact]
    public async Task A_table_that_refuses_them_keeps_nothing_from_the_blocks()
    {
        await ExecuteAsync("alter table monitoring.sample add constraint low check (value < 100)");
        await using var store = await SampleStore.StartAsync(database, On);
        var series = await store.SeriesAsync();
        await store.TakeAsync(new Sample(series.Number, Start, 71_000, SampleFlags.None), new Sample(series.Number, Start + 1000, 120_000, SampleFlags.None));
        await store.Get<Flusher>().FlushAllAsync(default);
        Assert.Empty(await RowsAsync());
        Assert.Equal(2, (await store.Get<SampleHistory>().PointsAsync(Tenant.Default, [series], Start, Start + 2000, default)).Value.Sum(s => s.Points.Count));

        await ExecuteAsync("alter table monitoring.sample drop constraint low");
        await store.TakeAsync(new Sample(series.Number, Start + 2000, 121_000, SampleFlags.None));
        await store.Get<Flusher>().FlushAllAsync(default);
        Assert.Equal(121, Assert.Single(await RowsAsync()).Value);
    }

    [Fact]
    public async Task A_table_that_is_gone_keeps_nothing_from_the_blocks()
    {
        await using var store = await SampleStore.StartAsync(database, On);
        await ExecuteAsync("drop table monitoring.sample");
        var series = await store.SeriesAsync();
        await store.TakeAsync(new Sample(series.Number, Start, 71_000, SampleFlags.None));
        await store.Get<Flusher>().FlushAllAsync(default);
        Assert.Empty(store.InHead(series));
        Assert.Equal(1, (await store.Get<SampleHistory>().PointsAsync(Tenant.Default, [series], Start, Start + 2000, default)).Value.Sum(s => s.Points.Count));
    }

    [Fact]
    public async Task They_go_when_their_days_are_over()
    {
        await using var store = await SampleStore.StartAsync(database, On);
        var series = await store.SeriesAsync();
        var now = UnixTime.Of(DateTime.UtcNow);
        await store.TakeAsync(new Sample(series.Number, now - (40 * UnixTime.Day), 60_000, SampleFlags.None), new Sample(series.Number, now, 61_000, SampleFlags.None));
        await store.Get<Flusher>().FlushAllAsync(default);
        Assert.Equal(2, (await RowsAsync()).Count);
        await store.Get<StorageTables>().StepAsync(default);
        Assert.Equal(61, Assert.Single(await RowsAsync()).Value);
    }

    [Fact]
    public async Task A_session_of_a_tenant_cannot_read_them()
    {
        await using var store = await SampleStore.StartAsync(database, On);
        await store.TakeAsync(new Sample((await store.SeriesAsync()).Number, Start, 71_000, SampleFlags.None));
        await store.Get<Flusher>().FlushAllAsync(default);
        await using var command = database.Database.For(new Tenant(2)).Source.CreateCommand("select count(*) from monitoring.sample");
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteScalarAsync())).SqlState);
    }

    private async Task<List<(string Patient, string Device, string Metric, long At, double Value, int Flags)>> RowsAsync()
    {
        await using var command = database.Database.Owner.CreateCommand("select patient, device, metric, at, value, flags from monitoring.sample order by patient, at");
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<(string, string, string, long, double, int)>();
        while (await reader.ReadAsync())
        {
            rows.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2), UnixTime.Of(reader.GetDateTime(3)), reader.GetDouble(4), reader.GetInt16(5)));
        }

        return rows;
    }

    private async Task ExecuteAsync(string sql)
    {
#pragma warning disable CA2100 // Written in the tests.
        await using var command = database.Database.Owner.CreateCommand(sql);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
