using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Salus.Access.Audit;
using Salus.Kernel;

namespace Salus.Access.Tests.Audit;

public sealed class JournalTests
{
    private static readonly DateTimeOffset Begin = new(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task What_a_dead_process_left_behind_comes_into_the_trail_once()
    {
        await using var trail = await ChainedTrail.OfThreeDaysAsync();
        var rows = Rows(7);
        using (var journal = new AuditJournal(trail.Key, trail.Clock, TimeSpan.Zero, NullLogger<AuditJournal>.Instance))
        {
            await AppendAsync(journal, rows);
        }

        // The database has some already: the process ended between the insert and the removal of the file.
        await using (var batch = trail.Database.Source.CreateBatch())
        {
            batch.BatchCommands.Add(AuditInsert.Command(rows[..5], trail.Key.Value));
            await batch.ExecuteNonQueryAsync();
        }

        await trail.LinkAsync();
        await trail.Shipping.CatchUpAsync(CancellationToken.None);
        await trail.LinkAsync();
        Assert.Empty(Files(trail));
        Assert.Equal(rows.Select(r => r.Id), (await trail.IdsAsync()).TakeLast(7));
        Assert.Equal(new AuditVerdict(49, 0, null), await trail.VerifyAsync());
    }

    [Fact]
    public async Task The_journal_of_a_living_process_is_left_alone()
    {
        await using var trail = await ChainedTrail.OfThreeDaysAsync();
        using var journal = new AuditJournal(trail.Key, trail.Clock, TimeSpan.Zero, NullLogger<AuditJournal>.Instance);
        await AppendAsync(journal, Rows(1));
        Assert.Empty(new AuditLeftBehind(trail.Key.Folder).Read());
        Assert.Single(Files(trail));
    }

    [Fact]
    public async Task What_the_kernel_has_and_the_disk_gets_later_is_left_behind_whole()
    {
        await using var trail = await ChainedTrail.OfThreeDaysAsync();
        var rows = Rows(300);
        // An hour: nothing brings it to disk before the file is looked at.
        using (var journal = new AuditJournal(trail.Key, trail.Clock, TimeSpan.FromHours(1), NullLogger<AuditJournal>.Instance))
        {
            Assert.True(journal.IsLate);
            await Task.WhenAll(rows.Chunk(20).Select(portion => Task.Run(() => AppendAsync(journal, [.. portion]))));
            // Past the lock that keeps it for this process.
            using var copy = System.Diagnostics.Process.Start("cp", [Assert.Single(Files(trail)), Path.Combine(trail.Key.Folder, "copy")]);
            await copy.WaitForExitAsync();
            var bytes = await File.ReadAllBytesAsync(Path.Combine(trail.Key.Folder, "copy"));
            Assert.All(rows, row => Assert.True(bytes.AsSpan().IndexOf(row.Id.ToByteArray(bigEndian: true)) > 0));
        }

        await trail.Shipping.CatchUpAsync(CancellationToken.None);
        Assert.Equal(rows.Select(r => r.Id).Order(), (await trail.IdsAsync()).TakeLast(300).Order());
    }

    [Theory]
    [InlineData("{\"Id\":\"01985000-0000-7000", 2)]
    [InlineData("{\"Id\":", 2)]
    [InlineData("garbage\n", 2)]
    public async Task In_a_journal_of_an_earlier_version_a_line_that_was_not_finished_spoils_nothing(string torn, int whole)
    {
        await using var trail = await ChainedTrail.OfThreeDaysAsync();
        var rows = Rows(2);
        var lines = rows.ConvertAll(r => JsonSerializer.Serialize(r) + "\n");
        await File.WriteAllTextAsync(Path.Combine(trail.Key.Folder, "journal-0"), lines[0] + torn + lines[1] + torn);
        Assert.Equal(whole, Assert.Single(new AuditLeftBehind(trail.Key.Folder).Read()).Rows.Count);
        await trail.Shipping.CatchUpAsync(CancellationToken.None);
        Assert.Equal(rows.Select(r => r.Id), (await trail.IdsAsync()).TakeLast(2));
        Assert.Empty(Files(trail));
    }

    [Fact]
    public async Task A_row_comes_back_from_the_journal_as_it_was()
    {
        await using var trail = await ChainedTrail.OfThreeDaysAsync();
        List<AuditRow> rows = [Rows(1)[0], Rows(1)[0] with { Id = Guid.NewGuid(), Openings = [Guid.NewGuid(), Guid.NewGuid()], Purpose = "", Name = null }];
        await LeaveAsync(trail, rows);
        var back = Assert.Single(new AuditLeftBehind(trail.Key.Folder).Read()).Rows;
        Assert.Equal(rows.Select(r => r.Mac(trail.Key.Value)), back.Select(r => r.Mac(trail.Key.Value)));
        await trail.Shipping.CatchUpAsync(CancellationToken.None);
        await trail.LinkAsync();
        Assert.Null((await trail.VerifyAsync()).FirstBad);
    }

    [Fact]
    public async Task A_journal_ends_where_its_bytes_do_not_fit()
    {
        await using var trail = await ChainedTrail.OfThreeDaysAsync();
        var rows = Rows(3);
        await LeaveAsync(trail, rows);
        var path = Assert.Single(Files(trail));
        var bytes = await File.ReadAllBytesAsync(path);
        var second = bytes.AsSpan().IndexOf(rows[1].Id.ToByteArray(bigEndian: true));
        bytes[second + 20] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        Assert.Equal(rows[0].Id, Assert.Single(Assert.Single(new AuditLeftBehind(trail.Key.Folder).Read()).Rows).Id);
    }

    [Fact]
    public async Task What_stands_in_a_file_from_an_earlier_use_is_not_taken_for_new()
    {
        await using var trail = await ChainedTrail.OfThreeDaysAsync();
        using (var file = AuditJournalFile.Create(trail.Key.Folder, Begin, 64 * 1024))
        {
            var form = new System.Buffers.ArrayBufferWriter<byte>();
            Rows(1)[0].Write(form);
            for (var i = 0; i < 100; i++)
            {
                Assert.True(file.TryAppend(AuditRecordKind.Entry, form.WrittenSpan));
                Flush(file);
            }

            file.Begin();
            Assert.True(file.TryAppend(AuditRecordKind.Entry, form.WrittenSpan));
            Assert.False(file.TryAppend(AuditRecordKind.Entry, new byte[64 * 1024]));
            Flush(file);
        }

        Assert.Single(Assert.Single(new AuditLeftBehind(trail.Key.Folder).Read()).Rows);
    }

    [Fact]
    public async Task What_was_announced_is_there_after_a_crash_once()
    {
        await using var trail = await ChainedTrail.OfThreeDaysAsync();
        var rows = Rows(4);
        using (var journal = new AuditJournal(trail.Key, trail.Clock, TimeSpan.Zero, NullLogger<AuditJournal>.Instance))
        {
            journal.Append(AuditRecordKind.Announced, rows[0] with { Version = 0 });
            journal.Append(AuditRecordKind.Announced, rows[1] with { Version = 0 });
            var ended = journal.Append(AuditRecordKind.Announced, rows[3] with { Version = 0, Outcome = AuditOutcome.MinorFailure });
            Assert.True(journal.TryEnd(ended, new AuditEnd(rows[3].Id, rows[3].Outcome, 2)));
            journal.Append(AuditRecordKind.Entry, rows[2]);
            journal.Append(AuditRecordKind.Entry, rows[0]);
            journal.Push();
        }

        await trail.Shipping.CatchUpAsync(CancellationToken.None);
        Assert.Equal(rows.Select(r => r.Id), (await trail.IdsAsync()).TakeLast(4).Order());
        await using var command = trail.Database.Source.CreateCommand("select array_agg(version order by at), count(detail) from access.audit where at >= '2026-04-01'");
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.Equal([2, 0, 2, 2], reader.GetFieldValue<int[]>(0));
        Assert.Equal(1, reader.GetInt64(1));
        await reader.DisposeAsync();
        Assert.Equal(0L, await trail.ScalarAsync("select count(*) from access.audit where at >= '2026-04-01' and outcome <> 0"));
    }

    [Fact]
    public void Ids_are_of_version_7_and_none_comes_twice()
    {
        var ids = Enumerable.Range(0, 4).AsParallel().SelectMany(_ => Enumerable.Range(0, 1000).Select(i => AuditId.New(Begin.AddMilliseconds(i)))).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Equal((7, 8), (id.Version, id.Variant & 0b1100)));
        Assert.StartsWith(Guid.CreateVersion7(Begin).ToString()[..13], AuditId.New(Begin).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(40)]
    public async Task Whoever_waits_is_served_however_many_have_begun_and_never_come(int begun)
    {
        await using var trail = await ChainedTrail.OfThreeDaysAsync();
        for (var i = 0; i < begun; i++)
        {
            trail.Journal.Enter();
        }

        var places = Rows(30).Select(r => trail.Journal.Append(AuditRecordKind.Entry, r)).ToList();
        await Task.WhenAll(places.Select(p => Task.Run(() => trail.Journal.DurableAsync(p)))).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.All(places, p => Assert.True(p.IsDurable));
        await AppendAsync(trail.Journal, Rows(3)).WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    public async Task Whoever_comes_when_the_journal_is_closed_is_told_so(int begun)
    {
        await using var trail = await ChainedTrail.OfThreeDaysAsync();
        await AppendAsync(trail.Journal, Rows(1));
        for (var i = 0; i < begun; i++)
        {
            trail.Journal.Enter();
        }

        var place = trail.Journal.Append(AuditRecordKind.Entry, Rows(1)[0]);
        trail.Journal.Dispose();
        await Assert.ThrowsAsync<IOException>(() => trail.Journal.DurableAsync(place).WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Throws<IOException>(() => trail.Journal.Append(AuditRecordKind.Entry, Rows(1)[0]));
    }

    [Fact]
    public async Task A_running_trail_brings_all_into_the_database_that_was_written_from_many_threads()
    {
        await using var trail = await ChainedTrail.OfThreeDaysAsync();
        await trail.Trail.StartAsync(CancellationToken.None);
        // Together they fill the first file, so that there is a second one.
        var entry = new AuditEntry(Caller.Local, AuditKind.Search) { Query = new string('q', 1000) };
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 80; i++)
            {
                var patient = new AuditEntry(Caller.Local, AuditKind.Read) { Type = "Patient", Id = "p", Patients = ["p"] };
                using var notice = trail.Trail.Begin(patient);
                await trail.Trail.WriteAsync([entry], CancellationToken.None);
                notice.Push();
                await notice.FinishAsync(patient with { Version = 4 });
            }
        })));
        await trail.Shipping.UpToNowAsync(CancellationToken.None);
        Assert.Equal((2560L, 1280L), await CountAsync(trail));
        await trail.Trail.StopAsync(CancellationToken.None);
        trail.Journal.Dispose();
        Assert.DoesNotContain(new AuditLeftBehind(trail.Key.Folder).Read(), f => f.Rows.Count > 0 && f.Rows.Exists(r => r.Version != 4 && r.Kind != AuditKind.Search));
        // What is left behind all the same stands there already.
        await trail.Shipping.CatchUpAsync(CancellationToken.None);
        Assert.Equal((2560L, 1280L), await CountAsync(trail));
        Assert.Empty(Files(trail));
    }

    [Fact]
    public async Task What_the_database_does_not_take_stays_in_the_journal()
    {
        await using var trail = await ChainedTrail.OfThreeDaysAsync();
        await trail.ExecuteAsync("alter table access.audit add constraint nothing check (kind <> 10) not valid");
        await trail.Trail.StartAsync(CancellationToken.None);
        await trail.Trail.WriteAsync([new AuditEntry(Caller.Local, AuditKind.View)], CancellationToken.None);
        await trail.Trail.StopAsync(CancellationToken.None);
        trail.Journal.Dispose();
        Assert.Equal(AuditKind.View, Assert.Single(Assert.Single(new AuditLeftBehind(trail.Key.Folder).Read()).Rows).Kind);
        await trail.ExecuteAsync("alter table access.audit drop constraint nothing");
        await trail.Shipping.CatchUpAsync(CancellationToken.None);
        Assert.Equal(1L, await trail.ScalarAsync("select count(*) from access.audit where kind = 10"));
    }

    private static async Task<(long All, long Finished)> CountAsync(ChainedTrail trail) =>
        (await trail.ScalarAsync("select count(*) from access.audit where actor = 'local'"), await trail.ScalarAsync("select count(*) from access.audit where actor = 'local' and version = 4"));

    private static void Flush(AuditJournalFile file)
    {
        var (from, bytes) = file.Take();
        file.Flush(from, bytes);
    }

    private static string[] Files(ChainedTrail trail) => Directory.GetFiles(trail.Key.Folder, "journal-*");

    private static async Task LeaveAsync(ChainedTrail trail, List<AuditRow> rows)
    {
        using var journal = new AuditJournal(trail.Key, trail.Clock, TimeSpan.Zero, NullLogger<AuditJournal>.Instance);
        await AppendAsync(journal, rows);
    }

    private static async Task AppendAsync(AuditJournal journal, List<AuditRow> rows)
    {
        foreach (var row in rows)
        {
            await journal.DurableAsync(journal.Append(AuditRecordKind.Entry, row));
        }
    }

    private static List<AuditRow> Rows(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => AuditRow.Of(
            new AuditEntry(Caller.Local with { Name = "Zoë \"Q\" <x>", Roles = ["nurse", "physician"], Origin = new Origin("r", "::1") }, AuditKind.Read) { Type = "Patient", Id = "p", Version = 2, Patients = ["p", "q"], Query = "a\nb{\"Id\":1}" },
            Begin.AddMilliseconds(i).AddTicks(1234567))),
    ];
}
