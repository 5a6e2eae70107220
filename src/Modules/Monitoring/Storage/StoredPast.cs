using System.Data;
using System.Runtime.CompilerServices;
using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Monitors;

namespace Salus.Monitoring.Storage;

/// <summary>The stored samples of a partition, for monitors that begin: of the journal where it goes back far enough, else of blocks and of what is not in blocks yet.</summary>
internal sealed class StoredPast(Database database, HeadTable heads) : ISamplePast
{
    private const int Portion = 100_000;

    /// <inheritdoc/>
    public async ValueTask<IAsyncEnumerable<PastSamples>?> AfterAsync(int partition, long seq, CancellationToken ct)
    {
        // Tables of the journal go when all of them is in blocks, the oldest first: where one row of the partition from before is still there, nothing after it is missing.
        await using var command = database.Source.CreateCommand("select min(seq) from monitoring.journal where partition = $1");
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)partition });
        var oldest = await command.ExecuteScalarAsync(ct) as long?;
        return oldest <= seq || seq >= await SeqAsync(ct) ? JournalAsync(partition, seq, ct) : null;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<PastSamples> SinceAsync(int partition, long time, [EnumeratorCancellation] CancellationToken ct)
    {
        // What is in memory at the moment of a commit; of what goes into blocks meanwhile, the database says by the same transaction that shows the blocks.
        await heads.Turn.WaitAsync(ct);
        var seq = heads.Seq;
        var views = heads.Views(partition);
        heads.Turn.Release();

        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        var flushed = await FlushedAsync(connection, transaction, partition, ct);
        var samples = new List<Sample>();
        foreach (var (series, view) in views)
        {
            foreach (var run in view.Beyond(flushed).Where(r => r.Newest >= time))
            {
                Read(series, run.Data.Span, time, samples);
            }
        }

        yield return new PastSamples(0, samples.ToArray());
        samples.Clear();
        await using var command = new NpgsqlCommand(
            "select b.series, b.data from monitoring.block b join monitoring.series s on s.number = b.series where s.partition = $1 and b.start >= date_trunc('day', $2, 'UTC') and b.until >= $2", connection, transaction);
        command.CommandTimeout = 0;
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)partition });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = UnixTime.Of(time) });
        await using (var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, ct))
        {
            while (await reader.ReadAsync(ct))
            {
                var series = reader.GetInt32(0);
                Read(series, reader.GetFieldValue<byte[]>(1), time, samples);
                if (samples.Count >= Portion)
                {
                    yield return new PastSamples(0, samples.ToArray());
                    samples.Clear();
                }
            }
        }

        yield return new PastSamples(seq, samples.ToArray());
    }

    private async IAsyncEnumerable<PastSamples> JournalAsync(int partition, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        var seq = await SeqAsync(ct);
        // A commit whose answer was lost may stand there beside the one in which the same samples came again.
        var known = new HashSet<(int, long)>();
        var samples = new List<Sample>();
        await using var command = database.Source.CreateCommand("select data from monitoring.journal where partition = $1 and seq > $2 and seq <= $3");
        command.CommandTimeout = 0;
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)partition });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = seq });
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                samples.Clear();
                JournalCodec.Read(reader.GetFieldValue<byte[]>(0), samples);
                yield return new PastSamples(0, samples.Where(s => known.Add((s.Series, s.Time))).ToArray());
            }
        }

        yield return new PastSamples(seq, ReadOnlyMemory<Sample>.Empty);
    }

    // Of a commit that has ended.
    private async Task<long> SeqAsync(CancellationToken ct)
    {
        await heads.Turn.WaitAsync(ct);
        var seq = heads.Seq;
        heads.Turn.Release();
        return seq;
    }

    private static async Task<long> FlushedAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, int partition, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select seq from monitoring.flushed where partition = $1", connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)partition });
        return await command.ExecuteScalarAsync(ct) as long? ?? 0;
    }

    private static void Read(int series, ReadOnlySpan<byte> data, long from, List<Sample> into)
    {
        var points = new List<Point>();
        SampleDecoder.Read(data, from, long.MaxValue, points);
        into.AddRange(points.Select(p => new Sample(series, p.Time, p.Value, p.Flags)));
    }
}
