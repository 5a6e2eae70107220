using Salus.Fhir.Primitives;

namespace Salus.Fhir.Paths;

/// <summary>The least and the greatest value that a written one can stand for, in a given precision.</summary>
internal static class Boundaries
{
    private const int MostDigits = 28;
    private const int DefaultDigits = 8;

    // What a precision counts: the digits of the date and the time, without signs.
    private static readonly (int Digits, TimePrecision Precision, byte Fraction)[] OfDateTimes =
    [
        (4, TimePrecision.Year, 0), (6, TimePrecision.Month, 0), (8, TimePrecision.Day, 0), (10, TimePrecision.Hour, 0), (12, TimePrecision.Minute, 0),
        (14, TimePrecision.Second, 0), (17, TimePrecision.Fraction, 3),
    ];

    private static readonly (int Digits, TimePrecision Precision, byte Fraction)[] OfTimes =
        [(2, TimePrecision.Hour, 0), (4, TimePrecision.Minute, 0), (6, TimePrecision.Second, 0), (9, TimePrecision.Fraction, 3)];

    /// <summary>Digits after the point of a number, digits in all of a date or time; null for anything else.</summary>
    internal static int? Precision(in PathValue value) => value.Kind switch
    {
        PathKind.Integer => 0,
        PathKind.Decimal or PathKind.Quantity => value.Decimal.Scale,
        PathKind.Date or PathKind.DateTime => Digits(OfDateTimes, value.Time),
        PathKind.Time => Digits(OfTimes, value.Time),
        _ => null,
    };

    /// <summary>The boundary; of kind None when there is no such precision.</summary>
    internal static PathValue Of(in PathValue value, int? digits, bool high)
    {
        switch (value.Kind)
        {
            case PathKind.Integer or PathKind.Decimal:
                return Number(value.Decimal, digits ?? DefaultDigits, high) is { } number ? PathValue.Of(number) : default;
            case PathKind.Quantity:
                return Number(value.Decimal, digits ?? DefaultDigits, high) is { } amount ? PathValue.OfQuantity(amount, value.Unit, value.IsCalendarUnit) : default;
            case PathKind.Time:
                return Time(value, OfTimes, digits ?? 9, high);
            default:
                return Time(value, OfDateTimes, digits ?? (value.Kind == PathKind.Date ? 8 : 17), high);
        }
    }

    // Half a unit of the last written digit on either side. The side away from zero is rounded to the digits that are asked for, the side
    // towards zero is cut: so it is in the official tests.
    private static decimal? Number(decimal value, int digits, bool high)
    {
        if (digits is < 0 or > MostDigits)
        {
            return null;
        }

        try
        {
            var half = new decimal(5, 0, 0, false, (byte)Math.Min(value.Scale + 1, MostDigits));
            var limit = high ? value + half : value - half;
            var outward = high == (value >= 0);
            var rounded = Math.Round(limit, digits, outward ? MidpointRounding.AwayFromZero : MidpointRounding.ToZero);
            // Adding a zero of that scale writes the digits out.
            return rounded + new decimal(0, 0, 0, false, (byte)digits);
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static PathValue Time(in PathValue value, (int Digits, TimePrecision Precision, byte Fraction)[] known, int digits, bool high)
    {
        var at = Array.FindIndex(known, k => k.Digits == digits);
        if (at < 0 || (value.Kind == PathKind.Date && known[at].Precision > TimePrecision.Day))
        {
            return default;
        }

        var time = value.Time;
        var (_, precision, fraction) = known[at];
        if (value.Kind == PathKind.DateTime && time.Precision == TimePrecision.Hour)
        {
            // R4 has no dateTime that ends with the hour; the official tests read it as the full hour.
            time = time with { Precision = TimePrecision.Minute };
        }

        var wall = high && precision > time.Precision ? time.WallClock + (time.High - time.Low) - 1 : time.WallClock;
        return PathValue.Of(new FhirDateTime(Cut(wall, precision), precision, fraction, Zone(value.Kind, time, precision, high)), value.Kind);
    }

    // A time without zone may be anywhere from 14 hours east to 12 hours west.
    private static short? Zone(PathKind kind, FhirDateTime time, TimePrecision precision, bool high) =>
        kind != PathKind.DateTime || precision <= TimePrecision.Day ? null : time.Offset ?? (short)(high ? -12 * 60 : 14 * 60);

    private static long Cut(long wall, TimePrecision precision)
    {
        var (year, month, day) = CivilCalendar.Date(wall);
        var midnight = CivilCalendar.Days(year, month, day) * FhirDateTime.Day;
        return precision switch
        {
            TimePrecision.Year => CivilCalendar.Days(year, 1, 1) * FhirDateTime.Day,
            TimePrecision.Month => CivilCalendar.Days(year, month, 1) * FhirDateTime.Day,
            TimePrecision.Day => midnight,
            TimePrecision.Hour => midnight + ((wall - midnight) / FhirDateTime.Hour * FhirDateTime.Hour),
            TimePrecision.Minute => midnight + ((wall - midnight) / FhirDateTime.Minute * FhirDateTime.Minute),
            TimePrecision.Second => midnight + ((wall - midnight) / FhirDateTime.Second * FhirDateTime.Second),
            _ => midnight + ((wall - midnight) / 1000 * 1000),
        };
    }

    private static int Digits((int Digits, TimePrecision Precision, byte Fraction)[] known, FhirDateTime time)
    {
        if (time.Precision == TimePrecision.Fraction)
        {
            return known[^2].Digits + time.FractionDigits;
        }

        return Array.Find(known, k => k.Precision == time.Precision).Digits;
    }
}
