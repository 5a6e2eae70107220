namespace Salus.Monitoring.Flow;

/// <summary>One measured value of a series: who, what and which device are the series'. 24 bytes.</summary>
/// <param name="Series">Number of the <see cref="Flow.Series"/>.</param>
/// <param name="Time">When it was measured, by the device's clock: milliseconds since 1970 UTC.</param>
/// <param name="Value">In thousandths of the metric's unit: finer than any device measures, and sums of it are exact in any order.</param>
/// <param name="Flags">What is to be known of it.</param>
internal readonly record struct Sample(int Series, long Time, int Value, SampleFlags Flags)
{
    public const int Scale = 1000;

    /// <summary>The value in the metric's unit.</summary>
    public decimal Amount => Thousandths.Amount(Value);
}

/// <summary>What is to be known of a sample. Stored: never change a number.</summary>
[Flags]
internal enum SampleFlags : byte
{
    None = 0,
    /// <summary>Beyond what is plausible.</summary>
    Implausible = 1,
    /// <summary>The device's clock was off by more than the tolerance when it came.</summary>
    ClockSkew = 2,
    /// <summary>The device said that it is not sure: a bad contact, a calibration.</summary>
    Questionable = 4,
    /// <summary>Made by a simulation.</summary>
    Simulated = 8,
}
