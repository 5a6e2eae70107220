namespace Salus.Monitoring.Waveforms;

/// <summary>Gathers the lowest and highest value of steps of equal length. A peak is never lost, however many samples are in a step. For one thread.</summary>
/// <param name="from">Begin of the first step, milliseconds since 1970 UTC.</param>
/// <param name="to">End of the last.</param>
internal sealed class Outline(long from, long to, int steps)
{
    private readonly decimal[] low = new decimal[steps];
    private readonly decimal[] high = new decimal[steps];
    private readonly bool[] any = new bool[steps];

    public void Add(WaveformBlock block, ReadOnlySpan<int> samples)
    {
        // Doubles are exact to a tenth of a microsecond over a day, and to divide each time as integers costs more than the rest.
        var step = (double)(block.Start - from) * steps / (to - from);
        var each = (double)block.Period / WaveformRun.Millisecond * steps / (to - from);
        for (var i = 0; i < samples.Length;)
        {
            var at = Math.Floor(step + (i * each));
            var next = Math.Min(samples.Length, Math.Max(i + 1, (int)Math.Ceiling((at + 1 - step) / each)));
            if (at >= 0 && at < steps)
            {
                Put((int)at, block, samples[i..next]);
            }

            i = next;
        }
    }

    /// <summary>Those with samples.</summary>
    public IReadOnlyList<(int Step, decimal Low, decimal High)> Steps() => [.. Enumerable.Range(0, steps).Where(i => any[i]).Select(i => (i, low[i], high[i]))];

    private void Put(int step, WaveformBlock block, ReadOnlySpan<int> samples)
    {
        var (least, most) = (int.MaxValue, int.MinValue);
        foreach (var sample in samples)
        {
            least = Math.Min(least, sample);
            most = Math.Max(most, sample);
        }

        var (a, b) = (block.Origin + (block.Factor * least), block.Origin + (block.Factor * most));
        (low[step], high[step]) = any[step] ? (Math.Min(low[step], Math.Min(a, b)), Math.Max(high[step], Math.Max(a, b))) : (Math.Min(a, b), Math.Max(a, b));
        any[step] = true;
    }
}
