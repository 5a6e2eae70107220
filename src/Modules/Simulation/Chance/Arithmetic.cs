namespace Salus.Simulation.Chance;

/// <summary>Real-number functions from the four basic operations: the last digit of Math.Pow differs between C libraries.</summary>
internal static class Arithmetic
{
    public static decimal Round(double value, int decimals)
    {
        var scale = 1L;
        for (var i = 0; i < decimals; i++) scale *= 10;
        // The long keeps binary noise out of the decimal; dividing by 1.00m-like scales keeps the digits ("7.0", not "7").
        return new decimal((long)Math.Round(value * scale, MidpointRounding.AwayFromZero)) * Unit(decimals);
    }

    static decimal Unit(int decimals) => new(1, 0, 0, false, (byte)decimals);

    /// <summary>x to the power y for x above 0.</summary>
    public static double Power(double x, double y) => Exponential(y * Logarithm(x));

    static double Logarithm(double x)
    {
        var halvings = 0;
        while (x > 1.5) { x /= 2; halvings++; }
        while (x < 0.75) { x *= 2; halvings--; }
        var z = (x - 1) / (x + 1);
        double power = z, sum = 0;
        for (var k = 1; k < 40; k += 2, power *= z * z) sum += power / k;
        return (2 * sum) + (halvings * 0.6931471805599453);
    }

    static double Exponential(double x)
    {
        var small = x / 1024;
        double term = 1, sum = 1;
        for (var k = 1; k < 12; k++) sum += term *= small / k;
        for (var i = 0; i < 10; i++) sum *= sum;
        return sum;
    }
}
