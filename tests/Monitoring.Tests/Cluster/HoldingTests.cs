using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Cluster;
using Salus.Monitoring.Flow;
using Salus.Monitoring.History;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Storage;
using Salus.Monitoring.Tests.Support;
using Salus.TestSupport;

namespace Salus.Monitoring.Tests.Cluster;

/// <summary>Partitions go from one process to another: what was durable comes along, and who was replaced writes nothing.</summary>
public sealed class HoldingTests : IAsyncLifetime
{
    private const long Start = SampleStore.Start;
    private TestDatabase database = null!;

    public async Task InitializeAsync() => database = await TestDatabase.CreateAsync(MonitoringModule.Migrations);

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task A_partition_that_goes_and_comes_back_has_every_sample_once()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        var (goes, stays) = (await one.SeriesAsync("p1"), await SeriesOfAnotherPartitionAsync(one));
        await GainAsync(one, goes.Partition, stays.Partition);
        await TakeAsync(one, goes, 0, 1, 2);
        await TakeAsync(one, stays, 0);
        await one.Get<Flusher>().FlushAsync(goes.Partition, default);
        await TakeAsync(one, goes, 3, 4);

        Assert.Equal(2, await GainAsync(other, goes.Partition));
        await TakeAsync(other, goes, 5, 4, 2);
        Assert.True((await TryAsync(one, goes, 6)).Failed(out var refused) && refused.Kind == FailureKind.Unavailable);
        Assert.False(one.Get<SampleOwner>().Holds(goes.Partition));
        Assert.True(one.Get<SampleOwner>().Holds(stays.Partition));
        await TakeAsync(one, stays, 1);
        await one.Get<Flusher>().FlushAsync(stays.Partition, default);
        Assert.True(SampleOwner.Says(await Assert.ThrowsAsync<PostgresException>(() => one.Get<Flusher>().FlushAsync(goes.Partition, default))));
        await SeesAsync(one, goes, 0, 1, 2, 3, 4, 5);

        await other.Get<Flusher>().FlushAsync(goes.Partition, default);
        await TakeAsync(other, goes, 7);
        Assert.Equal(1, await GainAsync(one, goes.Partition));
        await TakeAsync(one, goes, 8, 7, 5, 0);
        await one.Get<Flusher>().FlushAsync(goes.Partition, default);
        await SeesAsync(one, goes, 0, 1, 2, 3, 4, 5, 7, 8);
        await SeesAsync(other, goes, 0, 1, 2, 3, 4, 5, 7, 8);
        Assert.Equal(8L, await NumberAsync($"select sum(samples) from monitoring.block where series = {goes.Number}"));
        Assert.Equal(8L, await NumberAsync($"select sum(count) from monitoring.minute where series = {goes.Number}"));
        await SeesAsync(other, stays, 0, 1);
    }

    [Fact]
    public async Task A_commit_of_a_process_that_stands_still_does_not_keep_the_partition()
    {
        await using var one = await StartAsync();
        var claim = Assert.Single(await one.Get<SampleOwner>().ClaimAsync([7], default));
        // On a connection of the same account, as the process that stands still has one: another account's sessions are not ended by this one.
        await using var connection = await database.Database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand($"select monitoring.hold(7::smallint, {claim.Epoch})", connection, transaction))
        {
            await hold.ExecuteNonQueryAsync();
        }

        await using var other = await StartAsync();
        Assert.Equal(claim.Epoch + 1, Assert.Single(await other.Get<SampleOwner>().ClaimAsync([7], default)).Epoch);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => transaction.CommitAsync());
    }

    private async Task<SampleStore> StartAsync() => await SampleStore.StartAsync(database, new MonitoringOptions { Mode = MonitoringMode.Clustered });

    private static async Task<Series> SeriesOfAnotherPartitionAsync(SampleStore store)
    {
        var first = Partitions.Of(Tenant.Default, "p1");
        var patient = Enumerable.Range(2, 100).Select(n => $"p{n}").First(p => Partitions.Of(Tenant.Default, p) != first);
        return await store.SeriesAsync(patient);
    }

    private static async Task<long> GainAsync(SampleStore store, params int[] partitions)
    {
        var owner = store.Get<SampleOwner>();
        var claims = await owner.ClaimAsync([.. partitions.Select(p => (short)p)], default);
        return await new PartitionReplay(store.Get<Database>(), owner, store.Book, store.Get<HeadTable>(), store.Get<Flusher>()).RunAsync(claims, default);
    }

    private static async Task TakeAsync(SampleStore store, Series series, params int[] seconds) => Assert.False((await TryAsync(store, series, seconds)).Failed(out var failure), $"{failure}");

    private static async Task<Outcome<Taken>> TryAsync(SampleStore store, Series series, params int[] seconds) =>
        await store.Flow.TakeAsync(seconds.Select(s => new Sample(series.Number, Start + (s * 1000), s, 0)).ToArray(), default, series.Partition);

    private static async Task SeesAsync(SampleStore store, Series series, params int[] seconds)
    {
        var points = (await store.Get<SampleHistory>().PointsAsync(Tenant.Default, series.Patient, MetricSet.Default["heart-rate"], Start, Start + 60_000, default)).Value;
        var counted = (await store.Get<SampleHistory>().AggregatesAsync(Tenant.Default, series.Patient, MetricSet.Default["heart-rate"], TableKind.Minute, Start, Start + 60_000, default)).Sum(a => a.Parts.Sum(p => p.Count));
        Assert.Equal(seconds, points.SelectMany(s => s.Points).Select(p => p.Value));
        Assert.Equal(seconds.Length, counted);
    }

    private async Task<long> NumberAsync(string sql)
    {
#pragma warning disable CA2100 // Written here.
        await using var command = database.Source.CreateCommand(sql);
#pragma warning restore CA2100
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
