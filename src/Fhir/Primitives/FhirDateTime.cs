namespace Salus.Fhir.Primitives;

/// <summary>How exactly a point in time is written.</summary>
public enum TimePrecision : byte
{
    Year = 1,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    /// <summary>Seconds with a fraction; see <see cref="FhirDateTime.FractionDigits"/>.</summary>
    Fraction,
}

/// <summary>
/// A FHIR date, dateTime or instant with the precision it is written in (http://hl7.org/fhir/R4/datatypes.html#dateTime).
/// Equality is of the writing: <c>2020</c> is not <c>2020-01</c>. Digits beyond a microsecond are cut off.
/// </summary>
/// <param name="WallClock">Microseconds since 1970-01-01T00:00:00 as the clock on the wall shows it: the offset is not applied.</param>
/// <param name="Precision">The last unit that is written.</param>
/// <param name="FractionDigits">How many digits the fraction of the second has as written; 0 to 255.</param>
/// <param name="Offset">Minutes east of UTC; null when no zone is written.</param>
public readonly record struct FhirDateTime(long WallClock, TimePrecision Precision, byte FractionDigits, short? Offset)
{
    internal const long Second = 1_000_000;
    internal const long Minute = 60 * Second;
    internal const long Hour = 60 * Minute;
    internal const long Day = 24 * Hour;

    /// <summary>Microseconds since 1970-01-01T00:00:00Z at which it starts; without zone it counts as UTC.</summary>
    public long Low => WallClock - ((Offset ?? 0) * Minute);

    /// <summary>The first microsecond after it: of <c>2020</c>, the start of 2021.</summary>
    public long High => Low + Width;

    /// <summary>As written, a FHIR <c>date</c>.</summary>
    public bool IsDate => Precision <= TimePrecision.Day;

    /// <summary>As written, a FHIR <c>dateTime</c>: a time has seconds and a zone.</summary>
    public bool IsDateTime => IsDate || IsInstant;

    /// <summary>As written, a FHIR <c>instant</c>.</summary>
    public bool IsInstant => Precision >= TimePrecision.Second && Offset is not null;

    private long Width => Precision switch
    {
        TimePrecision.Year => CivilCalendar.Days(CivilCalendar.Date(WallClock).Year + 1, 1, 1) * Day - WallClock,
        TimePrecision.Month => CivilCalendar.NextMonth(WallClock) - WallClock,
        TimePrecision.Day => Day,
        TimePrecision.Hour => Hour,
        TimePrecision.Minute => Minute,
        TimePrecision.Second => Second,
        _ => FractionDigits switch { 1 => 100_000, 2 => 10_000, 3 => 1_000, 4 => 100, 5 => 10, _ => 1 },
    };

    /// <summary>
    /// Reads a date or a time of a day in any precision, with or without zone; what FHIR allows of that is
    /// <see cref="IsDate"/>, <see cref="IsDateTime"/> and <see cref="IsInstant"/>. False for anything that the calendar does not have.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out FhirDateTime value)
    {
        value = default;
        if (!Digits(text, 0, 4, out var year) || year == 0)
        {
            return false;
        }

        var (month, day, precision, at) = (1, 1, TimePrecision.Year, 4);
        if (at < text.Length && text[at] == '-')
        {
            if (!Digits(text, 5, 2, out month) || month is < 1 or > 12)
            {
                return false;
            }

            (precision, at) = (TimePrecision.Month, 7);
            if (at < text.Length && text[at] == '-')
            {
                if (!Digits(text, 8, 2, out day) || day < 1 || day > DateTime.DaysInMonth(year, month))
                {
                    return false;
                }

                (precision, at) = (TimePrecision.Day, 10);
            }
        }

        var start = CivilCalendar.Days(year, month, day) * Day;
        if (at == text.Length)
        {
            value = new FhirDateTime(start, precision, 0, null);
            return true;
        }

        if (precision != TimePrecision.Day || text[at] != 'T' || !TimeOfDay(text[(at + 1)..], out var time, out var used))
        {
            return false;
        }

        if (!Zone(text[(at + 1 + used)..], out var offset))
        {
            return false;
        }

        value = time with { WallClock = start + time.WallClock, Offset = offset };
        return true;
    }

    /// <summary>Reads a time of day, <c>hh:mm:ss</c> with optional fraction, or less precise; <see cref="WallClock"/> counts from midnight.</summary>
    public static bool TryReadTime(ReadOnlySpan<byte> text, out FhirDateTime value) => TimeOfDay(text, out value, out var used) && used == text.Length;

    private static bool TimeOfDay(ReadOnlySpan<byte> text, out FhirDateTime value, out int used)
    {
        value = default;
        used = 2;
        if (!Digits(text, 0, 2, out var hour) || hour > 23)
        {
            return false;
        }

        var clock = hour * Hour;
        var precision = TimePrecision.Hour;
        var digits = 0;
        if (Part(text, ref used, 59, out var minute))
        {
            clock += minute * Minute;
            precision = TimePrecision.Minute;
            // FHIR allows the leap second :60; it counts as the first of the next minute.
            if (Part(text, ref used, 60, out var second))
            {
                clock += second * Second;
                precision = TimePrecision.Second;
                if (used < text.Length && text[used] == '.')
                {
                    clock += Fraction(text[(used + 1)..], out digits);
                    used += digits + 1;
                    precision = TimePrecision.Fraction;
                    if (digits == 0)
                    {
                        return false;
                    }
                }
            }
        }

        value = new FhirDateTime(clock, precision, (byte)Math.Min(digits, 255), null);
        return true;
    }

    private static bool Part(ReadOnlySpan<byte> text, ref int at, int max, out int number)
    {
        number = 0;
        if (at >= text.Length || text[at] != ':' || !Digits(text, at + 1, 2, out number) || number > max)
        {
            return false;
        }

        at += 3;
        return true;
    }

    private static long Fraction(ReadOnlySpan<byte> text, out int digits)
    {
        long micros = 0;
        long unit = 100_000;
        for (digits = 0; digits < text.Length && char.IsAsciiDigit((char)text[digits]); digits++, unit /= 10)
        {
            micros += (text[digits] - '0') * unit;
        }

        return micros;
    }

    private static bool Zone(ReadOnlySpan<byte> text, out short? offset)
    {
        offset = null;
        if (text.IsEmpty)
        {
            return true;
        }

        if (text is [(byte)'Z'])
        {
            offset = 0;
            return true;
        }

        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':' || !Digits(text, 1, 2, out var hours)
            || !Digits(text, 4, 2, out var minutes) || minutes > 59 || (hours * 60) + minutes > 14 * 60)
        {
            return false;
        }

        var east = (hours * 60) + minutes;
        offset = (short)(text[0] == '-' ? -east : east);
        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> text, int at, int count, out int number)
    {
        number = 0;
        if (text.Length < at + count)
        {
            return false;
        }

        foreach (var digit in text.Slice(at, count))
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            number = (number * 10) + (digit - '0');
        }

        return true;
    }
}
