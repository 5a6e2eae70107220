using System.Buffers;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.Tests.Storage;

public sealed class SampleCodecTests
{
    private static readonly long[] Times = [0, 1, -1, long.MinValue, long.MaxValue, 1_700_000_000_000, 1_700_000_001_000, 1_699_999_999_999];
    private static readonly int[] Values = [0, 1, -1, 1000, -1000, 72_000, 36_600, 99_990, int.MinValue, int.MaxValue];

    [Fact]
    public void Whatever_goes_in_comes_out_in_its_order()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var points = Points(new Random(seed), 1 + (seed % 97));
            Assert.Equal(points, Decode(Encode(points).Written));
        }
    }

    [Fact]
    public void Each_pair_of_extremes_survives()
    {
        foreach (var (first, second) in Times.SelectMany(a => Times, (a, b) => (a, b)))
        {
            foreach (var (low, high) in Values.SelectMany(a => Values, (a, b) => (a, b)))
            {
                Point[] points = [new(first, low, SampleFlags.None), new(second, high, (SampleFlags)255), new(first, low, SampleFlags.None)];
                Assert.Equal(points, Decode(Encode(points).Written));
            }
        }
    }

    [Fact]
    public void What_was_written_stays_as_it_is()
    {
        var points = Points(new Random(7), 200);
        var encoder = new SampleEncoder();
        var before = new List<(byte[] Copy, ReadOnlyMemory<byte> Seen)>();
        foreach (var point in points)
        {
            encoder.Add(point.Time, point.Value, point.Flags);
            before.Add((encoder.Written.ToArray(), encoder.Written));
        }

        Assert.All(before, b => Assert.Equal(b.Copy, b.Seen.ToArray()));
    }

    [Fact]
    public void A_copy_goes_on_from_an_earlier_position()
    {
        var points = Points(new Random(3), 60);
        var encoder = Encode(points.AsSpan(0, 40));
        var mark = encoder.Position;
        var kept = encoder.Written.ToArray();
        encoder.Add(5, 5, SampleFlags.Questionable);
        var copy = encoder.CopyTo(mark);
        foreach (var point in points[40..])
        {
            copy.Add(point.Time, point.Value, point.Flags);
        }

        Assert.Equal(points, Decode(copy.Written));
        Assert.Equal(kept, encoder.Written[..mark.Length].ToArray());
    }

    [Fact]
    public void A_steady_value_a_second_takes_one_byte()
    {
        var encoder = new SampleEncoder();
        for (var i = 0; i < 1000; i++)
        {
            encoder.Add(1_700_000_000_000 + (i * 1000L), 72_000 + (i % 3 * 1000), SampleFlags.None);
        }

        Assert.InRange(encoder.Written.Length, 1000, 1020);
    }

    [Fact]
    public void Data_that_is_cut_off_or_of_another_format_is_refused()
    {
        var data = Encode([new(1_700_000_000_000, 72_500, SampleFlags.None)]).Written;
        Assert.Throws<InvalidDataException>(() => Decode(data[..^1]));
        Assert.Throws<InvalidDataException>(() => Decode(new byte[] { 9, 0 }));
        Assert.Throws<InvalidDataException>(() => Decode(default));
    }

    [Fact]
    public void A_row_of_the_journal_comes_out_as_it_went_in()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var samples = Points(random, 1 + (seed % 50)).Select(p => new Sample(random.Next(4) switch { 0 => 1, 1 => int.MaxValue, _ => random.Next(1, 300) }, p.Time, p.Value, p.Flags)).ToArray();
            var buffer = new ArrayBufferWriter<byte>();
            JournalCodec.Write(samples, buffer);
            var read = new List<Sample>();
            JournalCodec.Read(buffer.WrittenSpan, read);
            Assert.Equal(samples, read);
        }
    }

    private static Point[] Points(Random random, int count)
    {
        var time = 1_700_000_000_000L;
        var value = 72_000;
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            time = random.Next(12) switch { 0 => Times[random.Next(Times.Length)], 1 => time, 2 => time - random.Next(100_000), _ => unchecked(time + 1000) };
            value = random.Next(10) switch { 0 => Values[random.Next(Values.Length)], 1 => random.Next(), < 5 => value, _ => unchecked(value + (random.Next(-3, 4) * 100)) };
            return new Point(time, value, random.Next(8) == 0 ? (SampleFlags)random.Next(256) : SampleFlags.None);
        })];
    }

    private static SampleEncoder Encode(ReadOnlySpan<Point> points)
    {
        var encoder = new SampleEncoder();
        foreach (var point in points)
        {
            encoder.Add(point.Time, point.Value, point.Flags);
        }

        return encoder;
    }

    private static List<Point> Decode(ReadOnlyMemory<byte> data)
    {
        var points = new List<Point>();
        var decoder = new SampleDecoder(data.Span);
        while (decoder.Next(out var point))
        {
            points.Add(point);
        }

        return points;
    }
}
