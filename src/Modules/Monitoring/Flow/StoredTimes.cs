using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.Flow;

/// <summary>Looks for late samples in blocks.</summary>
internal sealed class StoredTimes(Database database)
{
    private static readonly HashSet<(int, long)> None = [];

    /// <summary>Those of the samples that are in blocks.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async ValueTask<IReadOnlySet<(int Series, long Time)>> FindAsync(IReadOnlyCollection<(int Series, long Time)> samples)
    {
        if (samples.Count == 0)
        {
            return None;
        }

        var asked = samples as IReadOnlySet<(int, long)> ?? samples.ToHashSet();
        var ranges = samples.GroupBy(s => (s.Series, Day: UnixTime.Floor(s.Time, UnixTime.Day))).Select(g => (g.Key.Series, Low: g.Min(s => s.Time), High: g.Max(s => s.Time))).ToList();
        // A block is of one day, by which the tables are divided.
        await using var command = database.Source.CreateCommand(
            """
            select b.series, b.data from unnest($1, $2, $3) a (series, low, high)
            join monitoring.block b on b.series = a.series and b.start <= a.high and b.start >= date_trunc('day', a.low, 'UTC') and b.until >= a.low
            where b.start >= $4 and b.start <= $5
            """);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. ranges.Select(r => r.Series)] });
        command.Parameters.Add(new NpgsqlParameter<DateTime[]> { TypedValue = [.. ranges.Select(r => UnixTime.Of(r.Low))] });
        command.Parameters.Add(new NpgsqlParameter<DateTime[]> { TypedValue = [.. ranges.Select(r => UnixTime.Of(r.High))] });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = UnixTime.Of(UnixTime.Floor(ranges.Min(r => r.Low), UnixTime.Day)) });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = UnixTime.Of(ranges.Max(r => r.High)) });
        var found = new HashSet<(int, long)>();
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            Find(rows.GetInt32(0), rows.GetFieldValue<byte[]>(1), asked, found);
        }

        return found;
    }

    private static void Find(int series, byte[] data, IReadOnlySet<(int, long)> asked, HashSet<(int, long)> found)
    {
        var decoder = new SampleDecoder(data);
        while (decoder.Next(out var point))
        {
            if (asked.Contains((series, point.Time)))
            {
                found.Add((series, point.Time));
            }
        }
    }
}
