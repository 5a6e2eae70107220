using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.Cluster;

/// <summary>A point that is in the journal, with the row that it is in.</summary>
internal readonly record struct JournalPoint(int Series, long Seq, Point Point);

/// <summary>Reads what is in the journal and not in blocks, of a partition that another process has in memory.</summary>
internal sealed class JournalReader(Database database)
{
    /// <summary>The points of some series of a partition, from a time to another (milliseconds since 1970 UTC, the second one too late). A point may come twice: a commit whose answer was lost.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<List<JournalPoint>> ReadAsync(int partition, IReadOnlyCollection<int> series, long from, long to, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            "select seq, data from monitoring.journal where partition = $1 and seq > coalesce((select f.seq from monitoring.flushed f where f.partition = $1), 0)");
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)partition });
        var (found, samples) = (new List<JournalPoint>(), new List<Sample>());
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var seq = reader.GetInt64(0);
            samples.Clear();
            JournalCodec.Read(reader.GetFieldValue<byte[]>(1), samples);
            found.AddRange(samples.Where(s => s.Time >= from && s.Time < to && series.Contains(s.Series)).Select(s => new JournalPoint(s.Series, seq, new Point(s.Time, s.Value, s.Flags))));
        }

        return found;
    }
}
