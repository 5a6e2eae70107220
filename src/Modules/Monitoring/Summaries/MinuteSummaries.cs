using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.History;
using Salus.Monitoring.Storage;
using Salus.Records;

namespace Salus.Monitoring.Summaries;

/// <summary>
/// Makes an Observation of each series and period that has samples, a little after its end. Ids are made of series and time, so that one which is stored already stays as it is:
/// after a crash the same ones are sent again, and stand there once. What comes later than that is in the samples only.
/// </summary>
internal sealed class MinuteSummaries(
    Record record, SampleHistory history, SeriesBook book, HeadTable heads, SampleOwner owner, Database database, MonitoringOptions options, TimeProvider time, ILogger<MinuteSummaries> log) : BackgroundService
{
    /// <summary>How long after the end of a period its samples may still come, in milliseconds.</summary>
    public const long Grace = 10_000;

    private const int BatchSize = 500;

    // Nobody waits for them, but for alerts, which the same cores are at work for: after each partition it rests for so many times as long, and in all for no more than half of a period.
    private const int Rest = 4;

    // After a longer time without a server, there is nothing to make of what was before.
    private const long Longest = UnixTime.Day;

    private long Period => options.SummaryMinutes * UnixTime.Minute;

    /// <summary>Makes those of all periods that have ended; gives how many there are.</summary>
    /// <param name="paced">Whether to rest between partitions.</param>
    /// <exception cref="NpgsqlException">The database is away; periods that are not done come again.</exception>
    public async Task<int> StepAsync(CancellationToken ct, bool paced = false)
    {
        var end = UnixTime.Floor(UnixTime.Of(time.GetUtcNow().UtcDateTime) - Grace, Period);
        if (owner.Clustered)
        {
            return await StepSharedAsync(end, paced, ct);
        }

        var from = await DoneAsync(ct) is { } done ? Math.Max(UnixTime.Floor(done, Period), end - Longest) : end - Period;
        var made = 0;
        for (; from < end; from += Period)
        {
            made += await MakeAsync(from, _ => true, paced, ct);
            await NoteAsync(from + Period, ct);
        }

        return made;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => options.SummaryMinutes == 0 ? Task.CompletedTask : new WorkLoop(time, (e, _) => MonitoringLog.SummaryFailed(log, e)).RunAsync(
        async ct =>
        {
            var now = UnixTime.Of(time.GetUtcNow().UtcDateTime);
            var next = UnixTime.Floor(now - Grace, Period) + Period + Grace;
            await Task.Delay(TimeSpan.FromMilliseconds(next - now + 1), time, ct);
            await StepAsync(ct, paced: true);
        },
        stoppingToken);

    // Each process of its own partitions, which come with how far the process before had got.
    private async Task<int> StepSharedAsync(long end, bool paced, CancellationToken ct)
    {
        var made = 0;
        foreach (var group in (await DoneSharedAsync(end, ct)).GroupBy(d => d.Until, d => d.Partition))
        {
            var partitions = group.Where(owner.Holds).ToHashSet();
            for (var from = group.Key; from < end && partitions.Count > 0; from += Period)
            {
                made += await MakeAsync(from, partitions.Contains, paced, ct);
                await NoteSharedAsync(partitions, from + Period, ct);
            }
        }

        return made;
    }

    private async Task<List<(int Partition, long Until)>> DoneSharedAsync(long end, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("select h.partition, s.until from monitoring.holder h left join monitoring.summarized_partition s using (partition)");
        await using var reader = await command.ExecuteReaderAsync(ct);
        var done = new List<(int, long)>();
        while (await reader.ReadAsync(ct))
        {
            done.Add((reader.GetInt16(0), reader.IsDBNull(1) ? end - Period : Math.Max(UnixTime.Floor(UnixTime.Of(reader.GetDateTime(1)), Period), end - Longest)));
        }

        return done;
    }

    private async Task NoteSharedAsync(IEnumerable<int> partitions, long until, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            "insert into monitoring.summarized_partition as s (partition, until) select p, $2 from unnest($1) p on conflict (partition) do update set until = greatest(s.until, excluded.until)");
        command.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = [.. partitions.Select(p => (short)p)] });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = UnixTime.Of(until) });
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task<int> MakeAsync(long from, Func<int, bool> mine, bool paced, CancellationToken ct)
    {
        var made = 0;
        // Who has had a sample since; of whom the last one was later, only the aggregates know.
        var active = book.All.Where(s => mine(s.Partition) && Newest(s) >= from).ToList();
        var groups = active.GroupBy(s => (s.Tenant, s.Partition)).ToList();
        foreach (var group in groups)
        {
            var began = time.GetTimestamp();
            var all = await history.AggregatesAsync(group.Key.Tenant, [.. group], TableKind.Minute, from, from + Period, ct);
            foreach (var portion in all.Select(s => SummaryJson.Entry(s.Series, from, Period, s.Parts.Aggregate((a, b) => a.With(b)))).Chunk(BatchSize))
            {
                await PostAsync(group.Key.Tenant, portion, ct);
                made += portion.Length;
            }

            if (paced)
            {
                var most = TimeSpan.FromMilliseconds(Period / 2) / groups.Count;
                var rest = time.GetElapsedTime(began) * Rest;
                await Task.Delay(rest < most ? rest : most, time, ct);
            }
        }

        return made;
    }

    private long Newest(Series series) => Math.Max(heads.Find(series.Number)?.Newest ?? long.MinValue, book.StoredUntil(series.Number));

    private async Task PostAsync(Tenant tenant, IReadOnlyList<SummaryEntry> entries, CancellationToken ct)
    {
        var caller = new Caller(tenant, "monitoring") { Permit = Permit.Everything };
        var answer = await record.PostBundleAsync(caller, SummaryJson.Bundle(entries), ct);
        if (answer.Failed(out var failure))
        {
            throw failure.Kind == FailureKind.Unavailable ? new IOException(failure.ToString()) : new InvalidOperationException(failure.ToString());
        }

        var (refused, unavailable) = SummaryJson.Refused(answer.Value);
        if (unavailable is not null)
        {
            throw new IOException(unavailable);
        }

        if (refused is not null)
        {
            // It would be refused again, and hold up all that come after it.
            MonitoringLog.SummaryRefused(log, refused);
        }
    }

    private async Task<long?> DoneAsync(CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("select until from monitoring.summarized");
        return await command.ExecuteScalarAsync(ct) is DateTime until ? UnixTime.Of(until) : null;
    }

    private async Task NoteAsync(long until, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("insert into monitoring.summarized (until) values ($1) on conflict (one) do update set until = excluded.until");
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = UnixTime.Of(until) });
        await command.ExecuteNonQueryAsync(ct);
    }
}
