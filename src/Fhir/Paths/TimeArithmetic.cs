using Salus.Fhir.Paths.Syntax;
using Salus.Fhir.Primitives;

namespace Salus.Fhir.Paths;

/// <summary>Dates and times plus a duration (http://hl7.org/fhirpath/N1/#datetime-arithmetic).</summary>
internal static class TimeArithmetic
{
    internal static PathValue Add(in PathValue start, decimal amount, in PathValue quantity, int position)
    {
        var time = start.Time;
        var unit = Singular(quantity, position);
        try
        {
            var moved = unit is "year" or "month" ? Months(time, (int)decimal.Truncate(amount) * (unit == "year" ? 12 : 1)) : Fixed(start, amount, unit);
            return moved is { } value ? PathValue.Of(time with { WallClock = value }, start.Kind) : default;
        }
        catch (OverflowException)
        {
            return default;
        }
    }

    private static string Singular(in PathValue quantity, int position) => (quantity.IsCalendarUnit, quantity.Unit) switch
    {
        (true, var word) => word,
        (false, "wk") => "week",
        (false, "d") => "day",
        (false, "h") => "hour",
        (false, "min") => "minute",
        (false, "s") => "second",
        (false, "ms") => "millisecond",
        // Calendar words in quotes: the official tests read '1 'month'' as 1 month.
        (false, var word) when PathParser.CalendarUnit(word) is { } singular => singular,
        // A mean month or year of UCUM ('mo', 'a') has no place in the calendar.
        var (_, unit) => throw new PathFault($"A date or time can be moved by calendar units (years to milliseconds) and UCUM's units of fixed length, not by '{unit}'", position),
    };

    private static long? Fixed(in PathValue start, decimal amount, string unit)
    {
        var time = start.Time;
        long size = unit switch
        {
            "week" => 7 * FhirDateTime.Day,
            "day" => FhirDateTime.Day,
            "hour" => FhirDateTime.Hour,
            "minute" => FhirDateTime.Minute,
            "second" => FhirDateTime.Second,
            _ => 1_000,
        };
        if (time.Precision < TimePrecision.Day && start.Kind != PathKind.Time)
        {
            // Less exact than a day: the duration counts in whole units of what is written, a month being 30 days.
            var months = decimal.Truncate(decimal.Truncate(amount) * size / FhirDateTime.Day / 30);
            return Months(time, time.Precision == TimePrecision.Year ? (int)decimal.Truncate(months / 12) * 12 : (int)months);
        }

        var micros = unit is "second" ? (long)(amount * size) : (long)decimal.Truncate(amount) * size;
        var step = time.Precision switch
        {
            TimePrecision.Day => FhirDateTime.Day,
            TimePrecision.Hour => FhirDateTime.Hour,
            TimePrecision.Minute => FhirDateTime.Minute,
            TimePrecision.Second => FhirDateTime.Second,
            _ => 1,
        };
        var moved = time.WallClock + (micros / step * step);
        if (start.Kind == PathKind.Time)
        {
            return ((moved % FhirDateTime.Day) + FhirDateTime.Day) % FhirDateTime.Day;
        }

        return InRange(moved);
    }

    private static long? Months(FhirDateTime time, int months)
    {
        var (year, month, day) = CivilCalendar.Date(time.WallClock);
        var clock = time.WallClock - (CivilCalendar.Days(year, month, day) * FhirDateTime.Day);
        var total = ((long)year * 12) + month - 1 + months;
        var (toYear, toMonth) = (total / 12, (int)(total % 12) + 1);
        if (toYear is < 1 or > 9999)
        {
            return null;
        }

        // The 31st becomes the last day of a shorter month.
        var toDay = Math.Min(day, DateTime.DaysInMonth((int)toYear, toMonth));
        return (CivilCalendar.Days((int)toYear, toMonth, toDay) * FhirDateTime.Day) + clock;
    }

    private static long? InRange(long wallClock) =>
        wallClock >= CivilCalendar.Days(1, 1, 1) * FhirDateTime.Day && wallClock < CivilCalendar.Days(10000, 1, 1) * FhirDateTime.Day ? wallClock : null;
}
