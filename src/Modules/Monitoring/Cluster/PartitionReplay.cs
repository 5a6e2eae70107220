using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.Cluster;

/// <summary>Brings the samples of partitions that this process has claimed into memory: what is in the journal and not in blocks. From then on they are its own.</summary>
internal sealed class PartitionReplay(Database database, SampleOwner owner, SeriesBook book, HeadTable heads, Flusher flusher)
{
    /// <summary>Returns how many samples that were. Nobody else may write for these partitions any more.</summary>
    /// <exception cref="NpgsqlException">The database is away; none of them is held then.</exception>
    public async Task<long> RunAsync(IReadOnlyList<Claim> claims, CancellationToken ct)
    {
        short[] partitions = [.. claims.Select(c => (short)c.Partition)];
        await book.LoadAsync(partitions, ct);
        var flushed = await FlushedAsync(partitions, ct);
        var (rows, last) = await ReadAsync(partitions, ct);
        await heads.Turn.WaitAsync(ct);
        try
        {
            foreach (var partition in partitions)
            {
                flusher.Begin(partition, flushed.GetValueOrDefault(partition).Flushed);
            }

            // Numbers grow within a partition, whichever process gives them.
            heads.Seq = Math.Max(heads.Seq, Math.Max(last, flushed.Values.Select(f => f.Last).DefaultIfEmpty().Max()));
            var samples = rows.Sum(heads.Put);
            foreach (var claim in claims)
            {
                owner.Hold(claim);
            }

            return samples;
        }
        finally
        {
            heads.Turn.Release();
        }
    }

    private async Task<Dictionary<short, (long Flushed, long Last)>> FlushedAsync(short[] partitions, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            """
            select p, coalesce(f.seq, 0), greatest(f.seq, s.seq, 0)
            from unnest($1) p left join monitoring.flushed f on f.partition = p left join monitoring.snapshot_head s on s.partition = p
            """);
        command.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = partitions });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new Dictionary<short, (long, long)>();
        while (await reader.ReadAsync(ct))
        {
            found[reader.GetInt16(0)] = (reader.GetInt64(1), reader.GetInt64(2));
        }

        return found;
    }

    private async Task<(List<List<Sample>> Rows, long Last)> ReadAsync(short[] partitions, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            """
            select j.seq, j.data from unnest($1) p
            join monitoring.journal j on j.partition = p and j.seq > coalesce((select f.seq from monitoring.flushed f where f.partition = p), 0)
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = partitions });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var (rows, last) = (new List<List<Sample>>(), 0L);
        while (await reader.ReadAsync(ct))
        {
            last = Math.Max(last, reader.GetInt64(0));
            var samples = new List<Sample>();
            JournalCodec.Read(reader.GetFieldValue<byte[]>(1), samples);
            rows.Add(samples);
        }

        return (rows, last);
    }
}
