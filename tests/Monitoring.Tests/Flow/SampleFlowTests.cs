using System.Collections.Concurrent;
using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.History;
using Salus.Monitoring.Storage;
using Salus.Monitoring.Tests.Support;
using Salus.TestSupport;

namespace Salus.Monitoring.Tests.Flow;

public sealed class SampleFlowTests : IAsyncLifetime
{
    private const long Start = SampleStore.Start;
    private TestDatabase database = null!;

    public async Task InitializeAsync() => database = await TestDatabase.CreateAsync(MonitoringModule.Migrations);

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task A_sample_that_is_there_already_is_dropped_and_counted()
    {
        await using var store = await SampleStore.StartAsync(database);
        var series = (await store.SeriesAsync()).Number;
        Assert.Equal(new Taken(2, 1), await store.TakeAsync(new(series, Start, 1, 0), new(series, Start + 1000, 2, 0), new(series, Start, 3, 0)));
        Assert.Equal(new Taken(1, 2), await store.TakeAsync(new(series, Start + 500, 4, 0), new(series, Start, 5, 0), new(series, Start + 1000, 6, 0)));
        Assert.Equal([new(Start, 1, 0), new(Start + 1000, 2, 0), new(Start + 500, 4, 0)], store.InHead(store.Book[series]));
    }

    [Fact]
    public async Task After_a_crash_the_journal_gives_every_sample_back_once()
    {
        var sent = new List<Sample>();
        Series series;
        Series other;
        // Left without a stop, as a crash leaves it.
        await using var crashed = await SampleStore.StartAsync(database);
        series = await crashed.SeriesAsync();
        other = await crashed.SeriesAsync("p2", "oxygen-saturation");
        for (var i = 0; i < 20; i++)
        {
            Sample[] batch = [new(series.Number, Start + (i * 1000), 70_000 + i, 0), new(other.Number, Start - (i * 1000), 97_000, SampleFlags.Implausible)];
            Assert.Equal(2, (await crashed.TakeAsync(batch)).Stored);
            sent.AddRange(batch);
        }

        await using var store = await SampleStore.StartAsync(database);
        Assert.Equal(sent.Where(s => s.Series == series.Number).Select(s => new Point(s.Time, s.Value, s.Flags)), store.InHead(series));
        Assert.Equal(sent.Where(s => s.Series == other.Number).Select(s => new Point(s.Time, s.Value, s.Flags)), store.InHead(other));
        Assert.Equal(new Taken(0, 40), await store.TakeAsync([.. sent]));
    }

    [Fact]
    public async Task Of_two_processes_the_one_that_began_last_takes_samples_and_none_is_lost()
    {
        await using var before = await SampleStore.StartAsync(database);
        var series = await before.SeriesAsync();
        await before.TakeAsync(new Sample(series.Number, Start, 1, 0));

        await using var after = await SampleStore.StartAsync(database);
        Sample[] next = [new(series.Number, Start + 1000, 2, 0)];
        var refused = (await before.Flow.TakeAsync(next, default)).Failure!;
        Assert.Equal(FailureKind.Unavailable, refused.Kind);
        Assert.Contains("Another Salus process", refused.Problems[0].Message, StringComparison.Ordinal);
        Assert.True(before.Get<SampleOwner>().Lost);
        Assert.Equal(new Taken(1, 0), await after.TakeAsync(next));
        // What it still has in memory does not make the other one's samples count as stored.
        Assert.True(SampleOwner.Says(await Assert.ThrowsAsync<PostgresException>(() => before.Get<Flusher>().FlushAllAsync(default))));
        await after.Get<Flusher>().FlushAllAsync(default);

        await using var last = await SampleStore.StartAsync(database);
        var stored = (await last.Get<SampleHistory>().PointsAsync(Tenant.Default, [series], Start, Start + 2000, default)).Value;
        Assert.Equal([new(Start, 1, 0), new(Start + 1000, 2, 0)], Assert.Single(stored).Points);
    }

    [Fact]
    public async Task A_series_keeps_its_number_and_patients_are_apart()
    {
        await using var store = await SampleStore.StartAsync(database);
        var made = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => store.SeriesAsync($"p{i % 10}").AsTask()));
        Assert.Equal(10, made.Select(s => s.Number).Distinct().Count());
        await using var again = await SampleStore.StartAsync(database);
        Assert.Equal(made[3], await again.SeriesAsync("p3"));
        Assert.Equal([made[3]], again.Book.Of(Tenant.Default, "p3"));
        Assert.Empty(again.Book.Of(new Tenant(2), "p3"));
    }

    [Fact]
    public async Task While_the_database_refuses_nothing_is_taken_and_afterwards_all_is()
    {
        await using var store = await SampleStore.StartAsync(database);
        var series = await store.SeriesAsync();
        await store.TakeAsync(new Sample(series.Number, Start, 1, 0));
        await RunAsync("alter table monitoring.journal rename to hidden");
        Sample[] samples = [new(series.Number, Start + 1000, 2, 0), new(series.Number, Start - 1000, 3, 0)];
        var refused = await store.Flow.TakeAsync(samples, default);
        Assert.Equal(FailureKind.Unavailable, refused.Failure!.Kind);
        Assert.Equal([new(Start, 1, 0)], store.InHead(series));
        await RunAsync("alter table monitoring.hidden rename to journal");
        Assert.Equal(new Taken(2, 0), await store.TakeAsync(samples));
        Assert.Equal([new(Start, 1, 0), new(Start + 1000, 2, 0), new(Start - 1000, 3, 0)], store.InHead(series));
        Assert.Equal(0, store.Flow.Waiting);
    }

    [Fact]
    public async Task Senders_are_held_back_when_too_much_waits()
    {
        await using var store = await SampleStore.StartAsync(database, new MonitoringOptions { WaitingSamples = 1000 });
        var series = (await store.SeriesAsync()).Number;
        var turn = store.Get<HeadTable>().Turn;
        await turn.WaitAsync();
        var first = store.Flow.TakeAsync(Batch(series, 0), default).AsTask();
        var second = await store.Flow.TakeAsync(Batch(series, 900), default);
        turn.Release();
        Assert.Equal(FailureKind.Busy, second.Failure!.Kind);
        Assert.Equal(new Taken(900, 0), (await first).Value);
        Assert.Equal(new Taken(900, 0), (await store.Flow.TakeAsync(Batch(series, 900), default)).Value);
    }

    [Fact]
    public async Task Observers_have_each_partition_in_order_and_never_twice_at_once()
    {
        var seen = new Recorder();
        await using (var store = await SampleStore.StartAsync(database, seen))
        {
            var series = new List<Series>();
            for (var i = 0; i < 30; i++)
            {
                series.Add(await store.SeriesAsync($"p{i}"));
            }

            await Task.WhenAll(Enumerable.Range(0, 50).Select(round => store.TakeAsync([.. series.Select(s => new Sample(s.Number, Start + (round * 1000), round, 0))])));
        }

        Assert.Equal(0, seen.Overlaps);
        Assert.Equal(1500, seen.Samples.Count);
        Assert.Equal(1500, seen.Samples.Select(s => (s.Sample.Series, s.Sample.Time)).Distinct().Count());
    }

    [Fact]
    public async Task An_observer_that_fails_does_not_stop_the_others()
    {
        var seen = new Recorder();
        await using (var store = await SampleStore.StartAsync(database, new Broken(), seen))
        {
            var series = await store.SeriesAsync();
            await store.TakeAsync(new Sample(series.Number, Start, 1, 0));
            await store.TakeAsync(new Sample(series.Number, Start + 1, 2, 0));
        }

        Assert.Equal([1, 2], seen.Samples.Select(s => s.Sample.Value));
    }

    [Fact]
    public async Task What_cannot_be_stored_is_refused_before_it_comes_to_others()
    {
        await using var store = await SampleStore.StartAsync(database);
        var series = (await store.SeriesAsync()).Number;
        await Assert.ThrowsAsync<KeyNotFoundException>(async () => await store.TakeAsync(new Sample(99, Start, 1, 0)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.TakeAsync(new Sample(series, -1, 1, 0)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.TakeAsync(new Sample(series, long.MaxValue, 1, 0)));
        Assert.Equal(new Taken(0, 0), await store.TakeAsync());
    }

    private static Sample[] Batch(int series, int from) => [.. Enumerable.Range(from, 900).Select(i => new Sample(series, Start + i, i, 0))];

    private async Task RunAsync(string sql)
    {
#pragma warning disable CA2100 // Written here.
        await using var command = new NpgsqlCommand(sql, await database.Source.OpenConnectionAsync());
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
        await command.Connection!.DisposeAsync();
    }

    private sealed class Recorder : ISampleObserver
    {
        private readonly int[] inside = new int[Partitions.Count];
        private int overlaps;

        public ConcurrentQueue<(int Partition, Sample Sample)> Samples { get; } = new();

        public int Overlaps => overlaps;

        public void Committed(int partition, long seq, ReadOnlySpan<Sample> samples)
        {
            if (Interlocked.Increment(ref inside[partition]) != 1)
            {
                Interlocked.Increment(ref overlaps);
            }

            foreach (var sample in samples)
            {
                Samples.Enqueue((partition, sample));
            }

            Interlocked.Decrement(ref inside[partition]);
        }
    }

    private sealed class Broken : ISampleObserver
    {
        public void Committed(int partition, long seq, ReadOnlySpan<Sample> samples) => throw new InvalidOperationException("broken");
    }
}
