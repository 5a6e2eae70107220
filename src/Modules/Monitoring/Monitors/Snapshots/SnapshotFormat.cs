using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Monitors.Snapshots;

/// <summary>
/// A patient's monitor in bytes: what counts at a moment and nothing else, so that equal monitors give equal bytes. A version, the number of metrics; of each its number, its series
/// (number, newest value, the one before), and of its three rings the filled buckets of their windows. Numbers are LEB128, signed ones zig-zag, buckets relative to the one before.
/// </summary>
internal static class SnapshotFormat
{
    private const byte Version = 1;

    public static byte[] Write(PatientMonitor monitor, long now)
    {
        var metrics = monitor.Metrics.Where(m => m.Ends.Any(e => !e.IsOver(now))).ToList();
        var writer = new VarintWriter();
        writer.Byte(Version);
        writer.Unsigned(metrics.Count);
        foreach (var metric in metrics)
        {
            var ends = metric.Ends.Where(e => !e.IsOver(now)).ToList();
            writer.Unsigned(metric.Metric.Number);
            writer.Unsigned(ends.Count);
            foreach (var end in ends)
            {
                writer.Unsigned(end.Series.Number);
                Write(writer, end.Newest);
                Write(writer, end.Before.Time >= now - SeriesEnd.Day ? end.Before : default);
            }

            foreach (var ring in metric.Rings)
            {
                Write(writer, [.. ring.Filled(now)]);
            }
        }

        return writer.ToArray();
    }

    /// <summary>Brings back the patients of a partition that is empty.</summary>
    /// <exception cref="InvalidDataException">The bytes are of another version, are cut off, or name a series or metric that is not known.</exception>
    public static void Read(ReadOnlySpan<byte> bytes, PartitionMonitors into)
    {
        var reader = new VarintReader(bytes);
        if (reader.Byte() is var version && version != Version)
        {
            throw new InvalidDataException($"The snapshot has version {version}; this program knows {Version}.");
        }

        for (var metrics = reader.Unsigned(); metrics > 0; metrics--)
        {
            var number = reader.Unsigned();
            var metric = default(MetricMonitor);
            for (var series = reader.Unsigned(); series > 0; series--)
            {
                var end = End((int)reader.Unsigned(), into);
                metric = end.Metric;
                var (newest, before) = (Measured(ref reader), Measured(ref reader));
                end.Take(newest);
                end.Take(before);
            }

            if (metric is null || metric.Metric.Number != number)
            {
                throw new InvalidDataException($"The snapshot has metric {number}, and its series are of {metric?.Metric.Number}.");
            }

            foreach (var ring in metric.Rings)
            {
                Read(ref reader, ring);
            }
        }
    }

    private static SeriesEnd End(int series, PartitionMonitors into)
    {
        try
        {
            return into.End(series);
        }
        catch (KeyNotFoundException e)
        {
            throw new InvalidDataException($"The snapshot has series {series}, which is not known.", e);
        }
    }

    private static void Write(VarintWriter writer, Measured value)
    {
        writer.Unsigned(value.Time);
        writer.Signed(value.Value);
        writer.Byte((byte)value.Flags);
    }

    private static Measured Measured(ref VarintReader reader) => new(reader.Unsigned(), (int)reader.Signed(), (SampleFlags)reader.Byte());

    private static void Write(VarintWriter writer, List<(long Number, Bucket Bucket)> filled)
    {
        writer.Unsigned(filled.Count);
        var (number, min) = (0L, 0);
        foreach (var (at, bucket) in filled)
        {
            writer.Unsigned(at - number);
            writer.Signed(bucket.Min - min);
            writer.Unsigned(bucket.Max - bucket.Min);
            writer.Unsigned(bucket.Count);
            writer.Unsigned(bucket.Sum - ((long)bucket.Min * bucket.Count));
            (number, min) = (at, bucket.Min);
        }
    }

    private static void Read(ref VarintReader reader, BucketRing ring)
    {
        var (number, min) = (0L, 0);
        for (var left = reader.Unsigned(); left > 0; left--)
        {
            number += reader.Unsigned();
            min += (int)reader.Signed();
            var (range, count, rest) = ((int)reader.Unsigned(), (int)reader.Unsigned(), reader.Unsigned());
            ring.Restore(number, new Bucket { Min = min, Max = min + range, Count = count, Sum = rest + ((long)min * count) });
        }
    }
}
