namespace Salus.Fhir.Primitives;

/// <summary>The proleptic Gregorian calendar in days and microseconds since 1970-01-01.</summary>
internal static class CivilCalendar
{
    /// <summary>Days from 1970-01-01 to that date. The year may be 0 to 10,000, because an offset leads over the edges of 1 to 9999.</summary>
    internal static long Days(int year, int month, int day)
    {
        // Years start in March here, so that the leap day is the last one.
        var y = month <= 2 ? year - 1 : year;
        var dayOfYear = ((153 * (month + (month > 2 ? -3 : 9))) + 2) / 5 + day - 1;
        var era = (y >= 0 ? y : y - 399) / 400;
        var yearOfEra = y - (era * 400);
        var dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * 146097L) + dayOfEra - 719468;
    }

    /// <summary>The date of a wall clock. A time at the edge of the years 1 to 9999 is in year 0 or 10,000 in UTC: the calendar goes on there, the year before 1 being 0 as in ISO 8601.</summary>
    internal static (int Year, int Month, int Day) Date(long wallClock)
    {
        // Not through a double: a wall clock of year 1 has more digits than one holds. Nor through DateTime, which ends at those edges.
        var days = Math.DivRem(wallClock, FhirDateTime.Day, out var rest) - (rest < 0 ? 1 : 0) + 719468;
        var era = Math.DivRem(days, 146097, out var dayOfEra);
        (era, dayOfEra) = dayOfEra < 0 ? (era - 1, dayOfEra + 146097) : (era, dayOfEra);
        var yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36524) - (dayOfEra / 146096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        // Months from March on, as in Days.
        var month = ((5 * dayOfYear) + 2) / 153;
        var day = dayOfYear - (((153 * month) + 2) / 5) + 1;
        return ((int)(yearOfEra + (era * 400) + (month >= 10 ? 1 : 0)), (int)(month < 10 ? month + 3 : month - 9), (int)day);
    }

    /// <summary>The wall clock at the start of the following month.</summary>
    internal static long NextMonth(long wallClock)
    {
        var (year, month, _) = Date(wallClock);
        return (month == 12 ? Days(year + 1, 1, 1) : Days(year, month + 1, 1)) * FhirDateTime.Day;
    }
}
