using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Waveforms;

/// <summary>Samples of one series at equal distances, of one block or of several that follow each other.</summary>
/// <param name="Start">Time of the first, nanoseconds since 1970 UTC.</param>
/// <param name="Period">Nanoseconds.</param>
internal sealed record WaveformRun(string Device, Signal Signal, long Start, long Period, decimal Origin, decimal Factor, SampleFlags Flags, List<int> Samples)
{
    public const long Millisecond = 1_000_000;

    /// <summary>Whether a block goes on where this ends: the same scale, and its start within half a period of where the next sample is due, so that no sample stands further from its time than that.</summary>
    public bool GoesOn(WaveformBlock block) =>
        block.Period == Period && block.Origin == Origin && block.Factor == Factor && block.Flags == Flags && Math.Abs((block.Start * Millisecond) - Start - (Samples.Count * Period)) * 2 <= Period;

    /// <summary>Time of a sample, nanoseconds since 1970 UTC.</summary>
    public long TimeOf(long sample) => Start + (sample * Period);

    /// <summary>The value of a number, in the signal's unit.</summary>
    public decimal Amount(int number) => Origin + (Factor * number);
}

/// <summary>What a display shows of a series: of each step of time with samples the lowest and the highest.</summary>
/// <param name="Steps">Which step, from 0, with the lowest and the highest value in the signal's unit.</param>
internal sealed record WaveformOutline(string Device, Signal Signal, IReadOnlyList<(int Step, decimal Low, decimal High)> Steps);
