using System.Globalization;
using System.Numerics;

namespace Salus.Fhir.Ucum;

/// <summary>An exact fraction: factors of units have no rounding. The default value is 0/0 and is no number.</summary>
internal readonly struct Ratio : IComparable<Ratio>
{
    /// <summary>Codes come from outside: a factor with more bits than this is refused before it costs anything.</summary>
    internal const int MostBits = 8192;

    private static readonly BigInteger GreatestMantissa = (BigInteger.One << 96) - 1;

    private Ratio(BigInteger numerator, BigInteger denominator)
    {
        var common = BigInteger.GreatestCommonDivisor(numerator, denominator);
        var sign = denominator.Sign < 0 ? -1 : 1;
        Numerator = numerator / common * sign;
        Denominator = denominator / common * sign;
    }

    internal static Ratio One { get; } = new(BigInteger.One, BigInteger.One);

    internal BigInteger Numerator { get; }

    internal BigInteger Denominator { get; }

    internal bool IsTooLarge => Numerator.GetBitLength() + Denominator.GetBitLength() > MostBits;

    internal static Ratio Of(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var mantissa = ((BigInteger)(uint)bits[2] << 64) | ((BigInteger)(uint)bits[1] << 32) | (uint)bits[0];
        return new Ratio(value < 0 ? -mantissa : mantissa, BigInteger.Pow(10, (bits[3] >> 16) & 0xFF));
    }

    /// <summary>The number with the 15 digits that a double surely has; null for what is no number or zero by underflow.</summary>
    internal static Ratio? Of(double value) =>
        double.IsFinite(value) && value != 0 ? Parse(value.ToString("E14", CultureInfo.InvariantCulture)) : null;

    /// <summary>Reads digits with point and exponent, such as <c>6.0221367</c> or <c>1e-24</c>.</summary>
    internal static Ratio Parse(string text)
    {
        var parts = text.Split('e', 'E');
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var digits = BigInteger.Parse(parts[0].Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var exponent = (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0) - (point < 0 ? 0 : parts[0].Length - point - 1);
        return new Ratio(exponent > 0 ? digits * BigInteger.Pow(10, exponent) : digits, exponent < 0 ? BigInteger.Pow(10, -exponent) : BigInteger.One);
    }

    internal Ratio Power(int exponent) => exponent < 0
        ? new Ratio(BigInteger.Pow(Denominator, -exponent), BigInteger.Pow(Numerator, -exponent))
        : new Ratio(BigInteger.Pow(Numerator, exponent), BigInteger.Pow(Denominator, exponent));

    public static Ratio operator *(Ratio a, Ratio b) => new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static Ratio operator /(Ratio a, Ratio b) => new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    public static Ratio operator +(Ratio a, Ratio b) => new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static Ratio operator -(Ratio a, Ratio b) => new((a.Numerator * b.Denominator) - (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public int CompareTo(Ratio other) => (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    internal double ToDouble()
    {
        var (numerator, denominator) = ((double)Numerator, (double)Denominator);
        return double.IsInfinity(numerator) || double.IsInfinity(denominator)
            ? Numerator.Sign * Math.Exp(BigInteger.Log(BigInteger.Abs(Numerator)) - BigInteger.Log(Denominator))
            : numerator / denominator;
    }

    /// <summary>The nearest decimal, without zeros at its end; null when it is too large, or so small that fewer than 15 digits would remain.</summary>
    internal decimal? ToDecimal()
    {
        if (Numerator.IsZero)
        {
            return 0;
        }

        // log10 decides how many places fit into the 96 bits of a decimal; one more division settles the edge.
        var magnitude = (int)Math.Floor(BigInteger.Log10(BigInteger.Abs(Numerator)) - BigInteger.Log10(Denominator));
        for (var places = Math.Min(28, 28 - magnitude); places >= 0; places--)
        {
            var (mantissa, exact) = Scaled(places);
            if (BigInteger.Abs(mantissa) <= GreatestMantissa)
            {
                return exact || places + magnitude >= 14 ? Trim(mantissa, places) : null;
            }
        }

        return null;
    }

    private (BigInteger Mantissa, bool Exact) Scaled(int places)
    {
        var quotient = BigInteger.DivRem(Numerator * BigInteger.Pow(10, places), Denominator, out var rest);
        var twice = BigInteger.Abs(rest) * 2;
        var up = twice > Denominator || (twice == Denominator && !quotient.IsEven);
        return (up ? quotient + Numerator.Sign : quotient, rest.IsZero);
    }

    private static decimal Trim(BigInteger mantissa, int places)
    {
        while (places > 0)
        {
            var shorter = BigInteger.DivRem(mantissa, 10, out var last);
            if (!last.IsZero)
            {
                break;
            }

            (mantissa, places) = (shorter, places - 1);
        }

        var bits = BigInteger.Abs(mantissa);
        return new decimal((int)(uint)(bits & uint.MaxValue), (int)(uint)((bits >> 32) & uint.MaxValue), (int)(uint)(bits >> 64), mantissa.Sign < 0, (byte)places);
    }
}
