namespace Salus.Monitoring.Flow;

/// <summary>Stored values are thousandths.</summary>
internal static class Thousandths
{
    /// <summary>In the unit, without zeros at the end. A division of decimals would say the same and cost ten times as much.</summary>
    public static decimal Amount(int value)
    {
        if (value % Sample.Scale == 0)
        {
            return value / Sample.Scale;
        }

        var (digits, places) = value % 100 == 0 ? (value / 100, (byte)1) : value % 10 == 0 ? (value / 10, (byte)2) : (value, (byte)3);
        return new decimal(Math.Abs(digits), 0, 0, digits < 0, places);
    }

    /// <summary>To a whole number of the unit, halves upwards: as a chart is filled in.</summary>
    public static int Whole(int value) => (int)Math.Floor((value + 500) / 1000.0);

    /// <summary>To tenths of the unit, halves upwards.</summary>
    public static int Tenths(int value) => (int)Math.Floor((value + 50) / 100.0);
}
