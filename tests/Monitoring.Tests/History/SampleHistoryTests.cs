using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.History;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Storage;
using Salus.Monitoring.Tests.Support;
using Salus.TestSupport;

namespace Salus.Monitoring.Tests.History;

public sealed class SampleHistoryTests : IAsyncLifetime
{
    private const long Start = SampleStore.Start;
    private static readonly Metric HeartRate = MetricSet.Default["heart-rate"];
    private TestDatabase database = null!;

    public async Task InitializeAsync() => database = await TestDatabase.CreateAsync(MonitoringModule.Migrations);

    public async Task DisposeAsync() => await database.DisposeAsync();

    // Whatever order samples come in, and whenever they go into blocks or the process dies: what is read is what was taken, and the aggregates are those of it.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Samples_and_aggregates_are_those_that_were_taken(int seed)
    {
        var random = new Random(seed);
        var model = new Dictionary<long, Point>();
        var store = await SampleStore.StartAsync(database);
        var left = new List<SampleStore>();
        for (var round = 0; round < 25; round++)
        {
            var series = await store.SeriesAsync();
            var samples = Enumerable.Range(0, 40).Select(_ => Any(random, series)).ToArray();
            var taken = await store.TakeAsync(samples);
            Assert.Equal(samples.Count(s => model.TryAdd(s.Time, new(s.Time, s.Value, s.Flags))), taken.Stored);
            switch (random.Next(4))
            {
                case 0:
                    await store.Get<Flusher>().FlushAsync(series.Partition, default);
                    break;
                case 1:
                    // As after a crash: the one before is left as it is.
                    left.Add(store);
                    store = await SampleStore.StartAsync(database);
                    break;
            }

            await SameAsync(store, model);
        }

        await store.Get<Flusher>().FlushAllAsync(default);
        await SameAsync(store, model);
        foreach (var one in left.Append(store))
        {
            await one.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_flush_that_fails_is_done_again_and_counts_once()
    {
        await using var store = await SampleStore.StartAsync(database);
        var series = await store.SeriesAsync();
        await store.TakeAsync([.. Enumerable.Range(0, 100).Select(i => new Sample(series.Number, Start + (i * 1000), i, 0))]);
        await RunAsync("alter table monitoring.hour rename to hidden");
        await Assert.ThrowsAsync<PostgresException>(() => store.Get<Flusher>().FlushAsync(series.Partition, default));
        await store.TakeAsync(new Sample(series.Number, Start + 200_000, 200, 0), new Sample(series.Number, Start, 1, 0));
        await RunAsync("alter table monitoring.hidden rename to hour");
        await store.Get<Flusher>().FlushAsync(series.Partition, default);
        await store.Get<Flusher>().FlushAsync(series.Partition, default);
        Assert.Equal(101, await NumberAsync("select sum(samples) from monitoring.block"));
        Assert.Equal(101, await NumberAsync("select sum(count) from monitoring.minute"));
        Assert.Equal(101, await NumberAsync("select sum(count) from monitoring.hour"));
        Assert.Equal(0, store.Get<HeadTable>().Samples);
    }

    [Fact]
    public async Task A_flush_whose_answer_was_lost_is_not_done_twice()
    {
        await using var store = await SampleStore.StartAsync(database);
        var series = await store.SeriesAsync();
        await store.TakeAsync(new Sample(series.Number, Start, 1, 0));
        // Another one did it meanwhile, as the transaction before would have.
        await using (var other = await SampleStore.StartAsync(database))
        {
            await other.Get<Flusher>().FlushAsync(series.Partition, default);
        }

        // It takes the samples again, as if there had been one process all the time.
        Assert.Equal(store.Get<SampleOwner>().Epoch(series.Partition), await NumberAsync($"update monitoring.holder set epoch = epoch - 1 where partition = {series.Partition} returning epoch"));
        await store.Get<Flusher>().FlushAsync(series.Partition, default);
        Assert.Equal(1, await NumberAsync("select sum(count) from monitoring.minute"));
        Assert.Equal(1, await NumberAsync("select sum(samples) from monitoring.block"));
    }

    [Fact]
    public async Task A_tenant_sees_its_own_samples()
    {
        await using var store = await SampleStore.StartAsync(database);
        var mine = await store.SeriesAsync();
        await store.TakeAsync(new Sample(mine.Number, Start, 1, 0));
        await store.Get<Flusher>().FlushAllAsync(default);
        var history = store.Get<SampleHistory>();
        Assert.Single((await history.PointsAsync(Tenant.Default, "p1", HeartRate, Start, Start + 1, default)).Value);
        Assert.Empty((await history.PointsAsync(new Tenant(2), "p1", HeartRate, Start, Start + 1, default)).Value);
        // The wall of the database: also whose series it is by mistake.
        Assert.Empty((await history.PointsAsync(new Tenant(2), [mine], Start, Start + 1, default)).Value);
    }

    [Fact]
    public async Task Tables_are_made_ahead_and_dropped_when_their_time_is_over()
    {
        await using var store = await SampleStore.StartAsync(database, new MonitoringOptions { SampleDays = 10 });
        var series = await store.SeriesAsync();
        var now = UnixTime.Of(TimeProvider.System.GetUtcNow().UtcDateTime);
        var old = now - (12 * UnixTime.Day);
        await store.TakeAsync(new Sample(series.Number, old, 1, 0), new Sample(series.Number, now, 2, 0));
        await store.Get<Flusher>().FlushAllAsync(default);
        Assert.Equal(2, await NumberAsync("select sum(samples) from monitoring.block"));
        await store.Get<StorageTables>().StepAsync(default);
        Assert.Equal(1, await NumberAsync("select sum(samples) from monitoring.block"));
        Assert.Equal(2, await NumberAsync("select sum(count) from monitoring.minute"));
        var points = (await store.Get<SampleHistory>().PointsAsync(Tenant.Default, "p1", HeartRate, old, now + 1, default)).Value;
        Assert.Equal([new Point(now, 2, 0)], points.Single().Points);
    }

    [Fact]
    public async Task An_hour_of_the_journal_stays_until_all_of_it_is_in_blocks()
    {
        await using var store = await SampleStore.StartAsync(database);
        var series = await store.SeriesAsync();
        await store.TakeAsync(new Sample(series.Number, Start, 1, 0));
        var hour = UnixTime.Floor(UnixTime.Of(TimeProvider.System.GetUtcNow().UtcDateTime) - UnixTime.Day, UnixTime.Hour);
        await store.Get<StorageTables>().EnsureAsync(TableKind.Journal, hour, default);
        // As if it had been written yesterday.
        await RunAsync("update monitoring.journal set at = at - interval '1 day'");
        await store.Get<StorageTables>().StepAsync(default);
        Assert.Equal(1, await NumberAsync("select count(*) from monitoring.journal"));
        await store.Get<Flusher>().FlushAllAsync(default);
        await store.Get<StorageTables>().StepAsync(default);
        Assert.Equal(0, await NumberAsync("select count(*) from monitoring.journal"));
    }

    private static async Task SameAsync(SampleStore store, Dictionary<long, Point> model)
    {
        var history = store.Get<SampleHistory>();
        var all = model.Values.OrderBy(p => p.Time).ToList();
        Assert.Equal(all, (await history.PointsAsync(Tenant.Default, "p1", HeartRate, 0, UnixTime.End - 1, default)).Value.Single().Points);
        foreach (var (kind, period) in new[] { (TableKind.Minute, UnixTime.Minute), (TableKind.Hour, UnixTime.Hour) })
        {
            var parts = (await history.AggregatesAsync(Tenant.Default, "p1", HeartRate, kind, 0, UnixTime.End - UnixTime.Day, default)).Single().Parts;
            Assert.Equal(Aggregate.Of([.. all], period), parts);
        }

        var (from, to) = (all[all.Count / 4].Time, all[all.Count / 2].Time);
        Assert.Equal(all.Where(p => p.Time >= from && p.Time < to), (await history.PointsAsync(Tenant.Default, "p1", HeartRate, from, to, default)).Value.SelectMany(s => s.Points));
    }

    private static Sample Any(Random random, Series series)
    {
        var time = random.Next(10) switch
        {
            0 => Start - random.Next(3 * 86_400_000),
            < 4 => Start + (random.Next(600) * 1000L),
            _ => Start + (random.Next(20_000) * 1000L),
        };
        return new(series.Number, time, random.Next(40_000, 180_000), (SampleFlags)random.Next(4));
    }

    private async Task RunAsync(string sql)
    {
#pragma warning disable CA2100 // Written here.
        await using var command = database.Source.CreateCommand(sql);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> NumberAsync(string sql)
    {
#pragma warning disable CA2100 // Written here.
        await using var command = database.Source.CreateCommand(sql);
#pragma warning restore CA2100
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
