using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Monitors;
using Salus.Monitoring.Monitors.Snapshots;
using Salus.TestSupport;

namespace Salus.Monitoring.Tests.Monitors;

/// <summary>Monitors that begin again are bit for bit the ones that were there.</summary>
public sealed class RebuildTests : IAsyncLifetime
{
    private TestDatabase database = null!;
    private SnapshotTable table = null!;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(new Salus.Kernel.MigrationSet("monitoring", typeof(MonitoringModule).Assembly));
        table = new(database.Database);
    }

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task From_a_snapshot_and_later_samples()
    {
        var (live, journal) = Live(11);
        await LiveAsync(live, journal, snapshotAfter: journal.Commits.Count / 2);
        var again = Again(11);
        await RebuildAsync(again, journal);
        Assert.Equal(OrderTests.Bits(live), OrderTests.Bits(again));
        Assert.Equal((journal.Untouched, Partitions.Count - journal.Untouched), (journal.SinceReads, journal.AfterReads));
    }

    [Fact]
    public async Task From_samples_alone()
    {
        var (live, journal) = Live(12);
        await LiveAsync(live, journal, snapshotAfter: -1);
        var again = Again(12);
        await RebuildAsync(again, journal);
        Assert.Equal(OrderTests.Bits(live), OrderTests.Bits(again));
        Assert.Equal(Partitions.Count, journal.SinceReads);
    }

    [Fact]
    public async Task From_samples_when_the_journal_does_not_go_back_to_the_snapshot()
    {
        var (live, journal) = Live(13);
        await LiveAsync(live, journal, snapshotAfter: journal.Commits.Count / 2);
        journal.Oldest = journal.Commits.Count - 1;
        var again = Again(13);
        await RebuildAsync(again, journal);
        Assert.Equal(OrderTests.Bits(live), OrderTests.Bits(again));
    }

    [Fact]
    public async Task From_samples_when_the_snapshot_is_damaged()
    {
        var (live, journal) = Live(14);
        await LiveAsync(live, journal, snapshotAfter: journal.Commits.Count / 2);
        await using (var damage = database.Source.CreateCommand("update monitoring.snapshot set data = substring(data from 1 for length(data) / 2)"))
        {
            Assert.Equal(Course.Patients.Length, await damage.ExecuteNonQueryAsync());
        }

        var again = Again(14);
        await RebuildAsync(again, journal);
        Assert.Equal(OrderTests.Bits(live), OrderTests.Bits(again));
    }

    [Fact]
    public async Task What_is_committed_meanwhile_counts_once()
    {
        var (live, journal) = Live(15);
        await LiveAsync(live, journal, snapshotAfter: 3);
        var again = Again(15);
        // The last commits come while the past is read: two that it has already, and those that it has not.
        var last = journal.Commits.Count;
        journal.Upto = last - 3;
        journal.Meanwhile = partition => Tell(partition, last - 4);
        await RebuildAsync(again, journal);
        Assert.Equal(OrderTests.Bits(live), OrderTests.Bits(again));
        // Told late of what was read.
        Enumerable.Range(0, Partitions.Count).ToList().ForEach(p => Tell(p, last - 1));
        Assert.Equal(OrderTests.Bits(live), OrderTests.Bits(again));

        void Tell(int partition, int from)
        {
            for (var seq = from; seq <= last; seq++)
            {
                if (journal.Of(seq, partition) is { Length: > 0 } samples)
                {
                    again.Monitors.Committed(partition, seq, samples);
                }
            }
        }
    }

    [Fact]
    public async Task A_snapshot_does_not_take_the_place_of_one_that_goes_further()
    {
        await table.WriteAsync(5, new(10, [new(Salus.Kernel.Tenant.Default, "p1", [1])]), default);
        await table.WriteAsync(5, new(9, [new(Salus.Kernel.Tenant.Default, "p2", [2])]), default);
        var stored = await table.ReadAsync(5, default);
        Assert.Equal((10, "p1"), (stored!.Seq, Assert.Single(stored.Patients).Patient));
        await table.WriteAsync(5, new(11, []), default);
        Assert.Empty((await table.ReadAsync(5, default))!.Patients);
        Assert.Null(await table.ReadAsync(6, default));
    }

    private static (Ward Ward, TestJournal Journal) Live(int seed)
    {
        var ward = new Ward();
        return (ward, new TestJournal([.. Course.Of(ward, seed).OrderBy(s => (s.Series * 31 + s.Time) % 97).Chunk(150)], ward));
    }

    private static Ward Again(int seed)
    {
        var ward = new Ward();
        Course.Of(ward, seed);
        return ward;
    }

    private async Task LiveAsync(Ward ward, TestJournal journal, int snapshotAfter)
    {
        var writer = new SnapshotWriter(ward.Monitors, table, [journal], Options.Create(new MonitoringOptions()), ward, NullLogger<SnapshotWriter>.Instance);
        for (var seq = 1; seq <= journal.Commits.Count; seq++)
        {
            ward.Commit(seq, journal.Commits[seq - 1]);
            for (var partition = 0; partition < Partitions.Count && seq == snapshotAfter; partition++)
            {
                await writer.WriteAsync(partition, default);
            }
        }
    }

    private async Task RebuildAsync(Ward ward, TestJournal journal) => await new Rebuild(ward.Monitors, table, [journal], ward, NullLogger<Rebuild>.Instance).AllAsync(default);
}
