using Salus.Monitoring.Waveforms;

namespace Salus.Monitoring.Tests.Waveforms;

public sealed class WaveformCodecTests
{
    public static TheoryData<string, int[]> Signals()
    {
        var random = new Random(7);
        int[] Of(int count, Func<int, int> value) => [.. Enumerable.Range(0, count).Select(value)];
        return new()
        {
            { "one", [5] }, { "two", [-7, 9] }, { "three", [0, 0, 1] }, { "flat", Of(1000, _ => -42) }, { "line", Of(777, i => 3 * i) }, { "curve", Of(500, i => i * i) },
            { "extremes", Of(301, i => i % 2 == 0 ? WaveformCodec.Most : -WaveformCodec.Most) }, { "one peak", Of(250, i => i == 99 ? WaveformCodec.Most : 0) },
            { "noise", Of(WaveformBlock.MostSamples, _ => random.Next(-300, 300)) }, { "wide noise", Of(333, _ => random.Next(-WaveformCodec.Most, WaveformCodec.Most + 1)) },
            { "sine", Of(2500, i => (int)(2000 * Math.Sin(i / 17.0))) },
        };
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public void What_is_written_is_read_back(string name, int[] samples)
    {
        var data = WaveformCodec.Write(samples);
        var read = new int[WaveformCodec.Count(data)];
        WaveformCodec.Read(data, read);
        Assert.True(samples.AsSpan().SequenceEqual(read), name);
    }

    [Fact]
    public void What_goes_straight_costs_next_to_nothing() => Assert.InRange(WaveformCodec.Write([.. Enumerable.Range(0, 1000).Select(i => 5 * i)]).Length, 100, 170);

    [Fact]
    public void What_is_cut_off_or_of_another_format_is_not_read()
    {
        var data = WaveformCodec.Write([.. Enumerable.Range(0, 200).Select(i => (i * 7919) % 1000)]);
        for (var length = 0; length < data.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => WaveformCodec.Read(data.AsSpan(0, length), new int[200]));
        }

        Assert.Throws<InvalidDataException>(() => WaveformCodec.Read(data, new int[199]));
        data[0] = 2;
        Assert.Throws<InvalidDataException>(() => WaveformCodec.Read(data, new int[200]));
    }
}
