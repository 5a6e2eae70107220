namespace Salus.Fhir.Validation;

/// <summary>Dates and times of FHIR R4 over UTF-8 (http://hl7.org/fhir/R4/datatypes.html#date). A date must exist in the Gregorian calendar.</summary>
internal static class DateFormat
{
    internal static bool IsDate(ReadOnlySpan<byte> text) => text.Length is 4 or 7 or 10 && DateLength(text) == text.Length;

    internal static bool IsDateTime(ReadOnlySpan<byte> text) => text.Length > 10 ? IsInstant(text) : IsDate(text);

    internal static bool IsInstant(ReadOnlySpan<byte> text)
    {
        if (text.Length < 20 || text[10] != (byte)'T' || DateLength(text[..10]) != 10)
        {
            return false;
        }

        var time = text[11..];
        var length = TimeLength(time);
        return length > 0 && IsZone(time[length..]);
    }

    internal static bool IsTime(ReadOnlySpan<byte> text) => TimeLength(text) is > 0 and var length && length == text.Length;

    /// <summary>How much of a text of 4, 7 or 10 bytes is a date: all of it, or 0.</summary>
    private static int DateLength(ReadOnlySpan<byte> text)
    {
        var century = Two(text, 0);
        var yearOfCentury = Two(text, 2);
        var year = (century * 100) + yearOfCentury;
        if (century < 0 || yearOfCentury < 0 || year == 0)
        {
            return 0;
        }

        if (text.Length == 4)
        {
            return 4;
        }

        var month = Two(text, 5);
        if (text[4] != (byte)'-' || month is < 1 or > 12)
        {
            return 0;
        }

        if (text.Length == 7)
        {
            return 7;
        }

        var day = Two(text, 8);
        return text[7] == (byte)'-' && day >= 1 && day <= DateTime.DaysInMonth(year, month) ? 10 : 0;
    }

    /// <summary>The length of hh:mm:ss with any fraction at the start of a text; 0 when there is none. A leap second (60) may stand.</summary>
    private static int TimeLength(ReadOnlySpan<byte> text)
    {
        if (text.Length < 8 || text[2] != (byte)':' || text[5] != (byte)':'
            || Two(text, 0) is < 0 or > 23 || Two(text, 3) is < 0 or > 59 || Two(text, 6) is < 0 or > 60)
        {
            return 0;
        }

        if (text.Length == 8 || text[8] != (byte)'.')
        {
            return 8;
        }

        var fraction = text[9..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        fraction = fraction < 0 ? text.Length - 9 : fraction;
        return fraction == 0 ? 0 : 9 + fraction;
    }

    private static bool IsZone(ReadOnlySpan<byte> text)
    {
        if (text.Length == 1)
        {
            return text[0] == (byte)'Z';
        }

        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != (byte)':')
        {
            return false;
        }

        var hours = Two(text, 1);
        var minutes = Two(text, 4);
        return hours is >= 0 and <= 13 ? minutes is >= 0 and <= 59 : hours == 14 && minutes == 0;
    }

    /// <summary>Two digits as a number, or -1.</summary>
    private static int Two(ReadOnlySpan<byte> text, int at)
    {
        var tens = (uint)(text[at] - '0');
        var ones = (uint)(text[at + 1] - '0');
        return tens > 9 || ones > 9 ? -1 : (int)((tens * 10) + ones);
    }
}
