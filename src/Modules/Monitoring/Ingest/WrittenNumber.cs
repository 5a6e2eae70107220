using Salus.Monitoring.Flow;

namespace Salus.Monitoring.Ingest;

/// <summary>A number as it is written in JSON: digits and where the point is. Digits beyond the eighteenth are cut off.</summary>
internal readonly struct WrittenNumber
{
    /// <summary>Stands for every amount that no metric has.</summary>
    public const long Beyond = long.MaxValue;

    private const int MostDigits = 18;

    private static readonly long[] Powers = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

    private readonly long digits;

    // The number is digits / 10^places; negative places are zeros behind it.
    private readonly int places;

    private WrittenNumber(long digits, int places) => (this.digits, this.places) = (digits, places);

    /// <param name="text">A JSON number, as the reader has checked it.</param>
    public static WrittenNumber Read(ReadOnlySpan<byte> text)
    {
        var (value, places, count, point, at) = (0L, 0, 0, false, text[0] == '-' ? 1 : 0);
        for (; at < text.Length; at++)
        {
            var one = text[at];
            if (one == '.')
            {
                point = true;
            }
            else if (one is >= (byte)'0' and <= (byte)'9')
            {
                if (count < MostDigits)
                {
                    value = (value * 10) + (one - '0');
                    count += value == 0 ? 0 : 1;
                    places += point ? 1 : 0;
                }
                else
                {
                    places -= point ? 0 : 1;
                }
            }
            else
            {
                places -= Exponent(text[(at + 1)..]);
                break;
            }
        }

        return new WrittenNumber(text[0] == '-' ? -value : value, places);
    }

    /// <summary>In thousandths, halves rounded away from zero; <see cref="Beyond"/> for what is greater than any metric.</summary>
    public long Thousandths()
    {
        var shift = 3 - places;
        if (digits == 0 || shift == 0)
        {
            return digits;
        }

        if (shift > 0)
        {
            return shift < Powers.Length && Math.Abs(digits) < int.MaxValue * 1000L / Powers[Math.Min(shift, 9)] + 1 ? digits * Powers[shift] : Beyond;
        }

        if (-shift >= Powers.Length)
        {
            return -shift > MostDigits + 1 ? 0 : Thousandths(ToDecimal());
        }

        var (quotient, rest) = Math.DivRem(digits, Powers[-shift]);
        return Math.Abs(rest) * 2 >= Powers[-shift] ? quotient + Math.Sign(digits) : quotient;
    }

    /// <summary>Null for what is beyond 10^15.</summary>
    public decimal? Amount() => digits == 0 ? 0 : places < -15 || (places < 0 && Math.Abs(digits) > 1_000_000_000_000_000 / Powers[Math.Min(-places, 9)]) ? null : places > 28 ? 0 : ToDecimal();

    /// <summary>A value in thousandths, halves rounded away from zero; <see cref="Beyond"/> for what is greater than any metric.</summary>
    public static long Thousandths(decimal? value) => value is { } known && Math.Abs(known) < int.MaxValue ? (long)decimal.Round(known * Sample.Scale, MidpointRounding.AwayFromZero) : Beyond;

    private decimal ToDecimal()
    {
        var value = new decimal(Math.Abs(digits)) * (digits < 0 ? -1 : 1);
        for (var i = places; i < 0; i++)
        {
            value *= 10;
        }

        return places > 0 ? value * new decimal(1, 0, 0, false, (byte)places) : value;
    }

    private static int Exponent(ReadOnlySpan<byte> text)
    {
        var (exponent, at) = (0, text[0] is (byte)'-' or (byte)'+' ? 1 : 0);
        for (; at < text.Length; at++)
        {
            exponent = Math.Min((exponent * 10) + (text[at] - '0'), 10_000);
        }

        return text[0] == '-' ? -exponent : exponent;
    }
}
