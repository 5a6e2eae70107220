using System.Runtime.InteropServices;
using Npgsql;
using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Storage;

/// <summary>What a partition stores at once: blocks, and what they add to the aggregates.</summary>
internal sealed class BlockSet
{
    // Of samples: a reader decodes a whole block for one of them.
    private const int Longest = 4096;

    private const string InsertBlocks = "insert into monitoring.block (start, until, tenant, series, samples, data) select * from unnest($1, $2, $3, $4, $5, $6)";

    private const string NoteNewest = "update monitoring.series s set until = n.until from unnest($1, $2) n (number, until) where s.number = n.number and (s.until is null or s.until < n.until)";

    private static readonly string MergeMinutes = Merge("minute");
    private static readonly string MergeHours = Merge("hour");

    private readonly List<(Series Series, Point First, long Until, int Samples, byte[] Data)> blocks = [];
    private readonly List<(Series Series, Aggregate Part)> minutes = [];
    private readonly List<(Series Series, Aggregate Part)> hours = [];

    public bool IsEmpty => blocks.Count == 0;

    /// <summary>The tables that it goes into.</summary>
    public IEnumerable<(TableKind Kind, long At)> Tables =>
    [
        .. blocks.Select(b => (TableKind.Block, UnixTime.Floor(b.First.Time, TableKind.Block.Period))).Distinct(),
        .. minutes.Select(m => (TableKind.Minute, UnixTime.Floor(m.Part.At, TableKind.Minute.Period))).Distinct(),
        .. hours.Select(h => (TableKind.Hour, UnixTime.Floor(h.Part.At, TableKind.Hour.Period))).Distinct(),
    ];

    /// <summary>Adds samples of a series, in any order, each time once.</summary>
    public void Add(Series series, List<Point> points)
    {
        points.Sort((a, b) => a.Time.CompareTo(b.Time));
        var all = CollectionsMarshal.AsSpan(points);
        minutes.AddRange(Aggregate.Of(all, UnixTime.Minute).Select(a => (series, a)));
        hours.AddRange(Aggregate.Of(all, UnixTime.Hour).Select(a => (series, a)));
        while (!all.IsEmpty)
        {
            var day = UnixTime.Floor(all[0].Time, UnixTime.Day) + UnixTime.Day;
            var count = 1;
            while (count < all.Length && count < Longest && all[count].Time < day)
            {
                count++;
            }

            AddBlock(series, all[..count]);
            all = all[count..];
        }
    }

    /// <summary>Adds the statements: they belong together.</summary>
    public void AddTo(NpgsqlBatch batch)
    {
        batch.BatchCommands.Add(Blocks());
        batch.BatchCommands.Add(Parts(MergeMinutes, minutes));
        batch.BatchCommands.Add(Parts(MergeHours, hours));
        var newest = blocks.GroupBy(b => b.Series.Number).Select(g => (g.Key, Until: g.Max(b => b.Until))).ToList();
        batch.BatchCommands.Add(Command(NoteNewest, Values(newest, n => n.Key), Values(newest, n => UnixTime.Of(n.Until))));
    }

    private void AddBlock(Series series, ReadOnlySpan<Point> points)
    {
        var encoder = new SampleEncoder();
        foreach (var point in points)
        {
            encoder.Add(point.Time, point.Value, point.Flags);
        }

        blocks.Add((series, points[0], points[^1].Time, points.Length, encoder.Written.ToArray()));
    }

    private NpgsqlBatchCommand Blocks() => Command(
        InsertBlocks, Values(blocks, b => UnixTime.Of(b.First.Time)), Values(blocks, b => UnixTime.Of(b.Until)), Values(blocks, b => b.Series.Tenant.Number), Values(blocks, b => b.Series.Number),
        Values(blocks, b => b.Samples), Values(blocks, b => b.Data));

    private static NpgsqlBatchCommand Parts(string sql, List<(Series Series, Aggregate Part)> parts) => Command(
        sql, Values(parts, p => UnixTime.Of(p.Part.At)), Values(parts, p => UnixTime.Of(p.Part.LastAt)), Values(parts, p => p.Part.Sum), Values(parts, p => p.Series.Tenant.Number), Values(parts, p => p.Series.Number),
        Values(parts, p => p.Part.Min), Values(parts, p => p.Part.Max), Values(parts, p => p.Part.Count), Values(parts, p => p.Part.Last));

    private static NpgsqlParameter<TValue[]> Values<TItem, TValue>(List<TItem> items, Func<TItem, TValue> value) => new() { TypedValue = [.. items.Select(value)] };

    private static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private static string Merge(string table) =>
        $"""
        insert into monitoring.{table} as t (at, last_at, sum, tenant, series, min, max, count, last) select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict (series, at) do update set
            last = case when excluded.last_at >= t.last_at then excluded.last else t.last end, last_at = greatest(t.last_at, excluded.last_at), sum = t.sum + excluded.sum,
            min = least(t.min, excluded.min), max = greatest(t.max, excluded.max), count = t.count + excluded.count
        """;
}
