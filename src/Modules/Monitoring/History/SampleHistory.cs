using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Cluster;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.History;

/// <summary>What a series has within a time, in order, each time once.</summary>
internal sealed record SeriesPoints(Series Series, IReadOnlyList<Point> Points);

/// <summary>The same as aggregates of minutes or hours.</summary>
internal sealed record SeriesAggregates(Series Series, IReadOnlyList<Aggregate> Parts);

/// <summary>Reads samples, whether they are in blocks or not yet: what was acknowledged is seen. Safe for all threads.</summary>
internal sealed class SampleHistory(Database database, SeriesBook book, HeadTable heads, SampleOwner owner, JournalReader journal)
{
    /// <summary>Samples that one question may give. 16 bytes each.</summary>
    public const int Most = 2_000_000;

    /// <summary>The samples of a metric of a patient; series without any are left out.</summary>
    /// <param name="from">The first time, milliseconds since 1970 UTC.</param>
    /// <param name="to">The first time that is too late.</param>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<Outcome<IReadOnlyList<SeriesPoints>>> PointsAsync(Tenant tenant, string patient, Metric metric, long from, long to, CancellationToken ct) =>
        await PointsAsync(tenant, await SeriesAsync(tenant, patient, metric, ct), from, to, ct);

    /// <summary>The samples of some series of a patient. TooCostly when there are more than <see cref="Most"/>.</summary>
    /// <inheritdoc cref="PointsAsync(Tenant, string, Metric, long, long, CancellationToken)"/>
    public async Task<Outcome<IReadOnlyList<SeriesPoints>>> PointsAsync(Tenant tenant, IReadOnlyList<Series> series, long from, long to, CancellationToken ct)
    {
        if (series.Count == 0 || from >= to)
        {
            return Array.Empty<SeriesPoints>();
        }

        // Memory first: what goes into blocks meanwhile is then seen twice, and dropped below; the other way round it would not be seen.
        var here = owner.Holds(series[0].Partition);
        var runs = !here ? [] : series.SelectMany(s => heads.Find(s.Number)?.Look().Beyond(0) ?? [], (s, run) => (s.Number, Run: run)).Where(r => r.Run.Newest >= from && r.Run.Oldest < to).ToList();
        var elsewhere = here ? [] : await journal.ReadAsync(series[0].Partition, [.. series.Select(s => s.Number)], from, to, ct);
        var found = series.ToDictionary(s => s.Number, _ => new List<Point>());
        if (!await ReadBlocksAsync(tenant, found, from, to, ct))
        {
            return new Failure(FailureKind.TooCostly, "too-costly", $"That is more than {Most} samples. Ask for a shorter time, or for resolution=minute.", "from");
        }

        foreach (var (number, run) in runs)
        {
            SampleDecoder.Read(run.Data.Span, from, to, found[number]);
        }

        elsewhere.ForEach(p => found[p.Series].Add(p.Point));
        return series.Where(s => found[s.Number].Count > 0).Select(s => new SeriesPoints(s, Sorted(found[s.Number]))).ToList();
    }

    /// <summary>Aggregates of a metric of a patient, of the periods that begin within the time; series without any are left out.</summary>
    /// <param name="kind"><see cref="TableKind.Minute"/> or <see cref="TableKind.Hour"/>.</param>
    /// <inheritdoc cref="PointsAsync(Tenant, string, Metric, long, long, CancellationToken)"/>
    public async Task<IReadOnlyList<SeriesAggregates>> AggregatesAsync(Tenant tenant, string patient, Metric metric, TableKind kind, long from, long to, CancellationToken ct) =>
        await AggregatesAsync(tenant, await SeriesAsync(tenant, patient, metric, ct), kind, from, to, ct);

    /// <summary>The aggregates of some series, all of one partition.</summary>
    /// <inheritdoc cref="AggregatesAsync(Tenant, string, Metric, TableKind, long, long, CancellationToken)"/>
    public async Task<IReadOnlyList<SeriesAggregates>> AggregatesAsync(Tenant tenant, IReadOnlyList<Series> series, TableKind kind, long from, long to, CancellationToken ct)
    {
        var period = kind == TableKind.Minute ? UnixTime.Minute : UnixTime.Hour;
        from = UnixTime.Floor(from + period - 1, period);
        if (series.Count == 0 || from >= to)
        {
            return [];
        }

        var here = owner.Holds(series[0].Partition);
        var views = series.Select(s => here ? heads.Find(s.Number)?.Look() ?? default : default).ToList();
        var elsewhere = (here ? [] : await journal.ReadAsync(series[0].Partition, [.. series.Select(s => s.Number)], from, UnixTime.Floor(to + period - 1, period), ct)).ToLookup(p => p.Series);
        var found = series.ToDictionary(s => s.Number, _ => new SortedDictionary<long, Aggregate>());
        var flushed = await ReadPartsAsync(tenant, kind, series[0].Partition, found, from, to, ct);
        to = UnixTime.Floor(to + period - 1, period);
        foreach (var (one, view) in series.Zip(views))
        {
            var points = elsewhere[one.Number].Where(p => p.Seq > flushed).Select(p => p.Point).ToList();
            foreach (var run in view.Beyond(flushed))
            {
                SampleDecoder.Read(run.Data.Span, from, to, points);
            }

            Add(found[one.Number], Aggregate.Of([.. Sorted(points)], period));
        }

        return [.. series.Where(s => found[s.Number].Count > 0).Select(s => new SeriesAggregates(s, [.. found[s.Number].Values]))];
    }

    // Clustered, another process may have made one.
    private async ValueTask<IReadOnlyList<Series>> SeriesAsync(Tenant tenant, string patient, Metric metric, CancellationToken ct)
    {
        if (owner.Clustered && !owner.Holds(Partitions.Of(tenant, patient)))
        {
            await book.LoadAsync(tenant, patient, ct);
        }

        return book.Of(tenant, patient, metric);
    }

    private async Task<bool> ReadBlocksAsync(Tenant tenant, Dictionary<int, List<Point>> into, long from, long to, CancellationToken ct)
    {
        // A block is of one day: by that alone the tables of other days are left out.
        await using var command = database.For(tenant).Source.CreateCommand(
            "select series, samples, data from monitoring.block where series = any($1) and start >= $2 and start < $3 and until >= $4");
        Parameters(command, into.Keys, UnixTime.Floor(from, UnixTime.Day), to);
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = UnixTime.Of(from) });
        var blocks = new List<(int Series, int Samples, byte[] Data)>();
        await using (var rows = await command.ExecuteReaderAsync(ct))
        {
            var count = into.Values.Sum(p => (long)p.Count);
            while (await rows.ReadAsync(ct))
            {
                blocks.Add((rows.GetInt32(0), rows.GetInt32(1), rows.GetFieldValue<byte[]>(2)));
                if ((count += blocks[^1].Samples) > Most)
                {
                    return false;
                }
            }
        }

        // Lists that grow to a day of samples leave twice as much behind, as objects that only a whole collection frees.
        foreach (var (series, points) in into)
        {
            points.EnsureCapacity(blocks.Sum(b => b.Series == series ? b.Samples : 0));
        }

        foreach (var (series, _, data) in blocks)
        {
            SampleDecoder.Read(data, from, to, into[series]);
        }

        return true;
    }

    // Together with how far the partition is in blocks, as the same moment of the database shows it: what is in memory beyond that is not in these rows.
    private async Task<long> ReadPartsAsync(Tenant tenant, TableKind kind, int partition, Dictionary<int, SortedDictionary<long, Aggregate>> into, long from, long to, CancellationToken ct)
    {
#pragma warning disable CA2100 // One of two names.
        await using var command = database.For(tenant).Source.CreateCommand(
            $"""
            select (select f.seq from monitoring.flushed f where f.partition = $4), p.series, p.at, p.min, p.max, p.sum, p.count, p.last, p.last_at
            from (values (1)) one left join monitoring.{kind.Name} p on p.series = any($1) and p.at >= $2 and p.at < $3
            """);
#pragma warning restore CA2100
        Parameters(command, into.Keys, from, to);
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)partition });
        await using var rows = await command.ExecuteReaderAsync(ct);
        var flushed = 0L;
        while (await rows.ReadAsync(ct))
        {
            flushed = rows.IsDBNull(0) ? 0 : rows.GetInt64(0);
            if (!rows.IsDBNull(1))
            {
                var at = UnixTime.Of(rows.GetDateTime(2));
                into[rows.GetInt32(1)][at] = new(at, rows.GetInt32(3), rows.GetInt32(4), rows.GetInt64(5), rows.GetInt32(6), rows.GetInt32(7), UnixTime.Of(rows.GetDateTime(8)));
            }
        }

        return flushed;
    }

    private static void Parameters(NpgsqlCommand command, IEnumerable<int> series, long from, long to)
    {
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. series] });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = UnixTime.Of(from) });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = UnixTime.Of(to) });
    }

    private static void Add(SortedDictionary<long, Aggregate> into, List<Aggregate> parts)
    {
        foreach (var part in parts)
        {
            into[part.At] = into.TryGetValue(part.At, out var there) ? there.With(part) : part;
        }
    }

    private static List<Point> Sorted(List<Point> points)
    {
        // Nearly always they are, and each time once: to find that out costs less than to sort them.
        var last = long.MinValue;
        if (points.TrueForAll(p => p.Time > last && (last = p.Time) == p.Time))
        {
            return points;
        }

        // Two of equal times are the same sample, seen in memory and in a block.
        points.Sort((a, b) => a.Time.CompareTo(b.Time));
        var kept = 0;
        for (var i = 0; i < points.Count; i++)
        {
            if (kept == 0 || points[i].Time != points[kept - 1].Time)
            {
                points[kept++] = points[i];
            }
        }

        points.RemoveRange(kept, points.Count - kept);
        return points;
    }
}
