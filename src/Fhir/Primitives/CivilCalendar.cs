namespace Salus.Fhir.Primitives;

/// <summary>The proleptic Gregorian calendar in days and microseconds since 1970-01-01.</summary>
internal static class CivilCalendar
{
    /// <summary>Days from 1970-01-01 to that date. The year may be 1 to 10,000: the end of 9999 is the start of 10000.</summary>
    internal static long Days(int year, int month, int day)
    {
        // Years start in March here, so that the leap day is the last one.
        var y = month <= 2 ? year - 1 : year;
        var dayOfYear = ((153 * (month + (month > 2 ? -3 : 9))) + 2) / 5 + day - 1;
        var era = y / 400;
        var yearOfEra = y - (era * 400);
        var dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * 146097L) + dayOfEra - 719468;
    }

    /// <summary>The date of a wall clock.</summary>
    internal static (int Year, int Month, int Day) Date(long wallClock)
    {
        // Not through a double: a wall clock of year 1 has more digits than one holds.
        var days = Math.DivRem(wallClock, FhirDateTime.Day, out var rest) - (rest < 0 ? 1 : 0);
        var date = new DateTime(DateTime.UnixEpoch.Ticks + (days * TimeSpan.TicksPerDay));
        return (date.Year, date.Month, date.Day);
    }

    /// <summary>The wall clock at the start of the following month.</summary>
    internal static long NextMonth(long wallClock)
    {
        var (year, month, _) = Date(wallClock);
        return (month == 12 ? Days(year + 1, 1, 1) : Days(year, month + 1, 1)) * FhirDateTime.Day;
    }
}
