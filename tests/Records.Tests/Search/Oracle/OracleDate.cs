using System.Globalization;
using System.Text.RegularExpressions;

namespace Salus.Records.Tests.Search.Oracle;

/// <summary>Dates as spans of microseconds since the year 1, by the precision they are written in (http://hl7.org/fhir/R4/search.html#date).</summary>
internal static partial class OracleDate
{
    public static readonly Int128 Never = Int128.MinValue / 4;
    public static readonly Int128 Forever = Int128.MaxValue / 4;
    private const long Minute = 60_000_000;

    /// <summary>From its first microsecond up to but without the first one after it; null for what is no date. Without a zone it counts as UTC.</summary>
    public static (Int128 Low, Int128 High)? Parse(string? text)
    {
        if (text is null || Form().Match(text) is not { Success: true } match)
        {
            return null;
        }

        int Part(string name, int otherwise) => match.Groups[name].Success ? int.Parse(match.Groups[name].ValueSpan, CultureInfo.InvariantCulture) : otherwise;
        var (year, month, day) = (Part("year", 1), Part("month", 1), Part("day", 1));
        if (year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month))
        {
            return null;
        }

        var start = new DateTime(year, month, day).Ticks / 10;
        if (!match.Groups["hour"].Success)
        {
            var days = match.Groups["day"].Success ? 1 : match.Groups["month"].Success ? DateTime.DaysInMonth(year, month) : DateTime.IsLeapYear(year) ? 366 : 365;
            return (start, start + (days * 24L * 60 * Minute));
        }

        var fraction = match.Groups["fraction"].Value;
        var low = start + (((Part("hour", 0) * 60L) + Part("minute", 0)) * Minute) + (Part("second", 0) * 1_000_000L) + (fraction.Length == 0 ? 0 : long.Parse(fraction.PadRight(6, '0')[..6], CultureInfo.InvariantCulture));
        var width = fraction.Length > 0 ? (long)Math.Max(1, Math.Pow(10, 6 - fraction.Length)) : match.Groups["second"].Success ? 1_000_000 : Minute;
        low -= Zone(match.Groups["zone"].Value) * Minute;
        return (low, low + width);
    }

    /// <summary>Whether a span of a resource fits a span that is asked for.</summary>
    public static bool Matches(string prefix, (Int128 Low, Int128 High) value, (Int128 Low, Int128 High) asked, Int128 now)
    {
        var within = value.Low >= asked.Low && value.High <= asked.High;
        var slack = Int128.Abs(now - asked.Low) / 10;
        return prefix switch
        {
            "eq" => within,
            "ne" => !within,
            "gt" => value.High > asked.High,
            "lt" => value.Low < asked.Low,
            "ge" => value.High > asked.High || within,
            "le" => value.Low < asked.Low || within,
            "sa" => value.Low >= asked.High,
            "eb" => value.High <= asked.Low,
            _ => value.High > asked.Low - slack && value.Low < asked.High + slack,
        };
    }

    public static Int128 Of(DateTimeOffset time) => time.UtcTicks / 10;

    private static int Zone(string zone)
    {
        if (zone.Length < 6)
        {
            return 0;
        }

        var minutes = (int.Parse(zone.AsSpan(1, 2), CultureInfo.InvariantCulture) * 60) + int.Parse(zone.AsSpan(4, 2), CultureInfo.InvariantCulture);
        return zone[0] == '-' ? -minutes : minutes;
    }

    [GeneratedRegex(@"^(?<year>\d{4})(-(?<month>\d\d)(-(?<day>\d\d)(T(?<hour>[01]\d|2[0-3]):(?<minute>[0-5]\d)(:(?<second>[0-5]\d)(\.(?<fraction>\d+))?)?(?<zone>Z|[+-]\d\d:\d\d)?)?)?)?$")]
    private static partial Regex Form();
}
