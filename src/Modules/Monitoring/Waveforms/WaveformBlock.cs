using Salus.Kernel;
using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Waveforms;

/// <summary>A stretch of a signal with samples at equal distances, as it came from a device (FHIR SampledData: http://hl7.org/fhir/R4/datatypes.html#SampledData). Immutable.</summary>
/// <param name="Start">Time of the first sample by the device's clock, milliseconds since 1970 UTC.</param>
/// <param name="Period">Nanoseconds from one sample to the next.</param>
/// <param name="Origin">The value of a sample is this and the factor times its number, in the signal's unit.</param>
/// <param name="Samples">How many there are.</param>
/// <param name="Data">Their numbers, encoded by <see cref="WaveformCodec"/>.</param>
internal sealed record WaveformBlock(long Start, long Period, decimal Origin, decimal Factor, SampleFlags Flags, int Samples, byte[] Data)
{
    /// <summary>Samples of the greatest block: a minute at 500 a second.</summary>
    public const int MostSamples = 30_000;

    /// <summary>Milliseconds of the longest block: who reads looks back as far for what reaches into a time.</summary>
    public const long LongestSpan = 60_000;

    public const long ShortestPeriod = 100_000;
    public const long LongestPeriod = 1_000_000_000;

    /// <summary>The first millisecond behind it.</summary>
    public long Until => UntilOf(Start, Period, Samples);

    public static long UntilOf(long start, long period, long samples) => start + (((samples * period) + 999_999) / 1_000_000);
}

/// <summary>What makes a series of blocks: who, by which device, which signal.</summary>
internal readonly record struct WaveformKey(Tenant Tenant, string Patient, string Device, Signal Signal);
