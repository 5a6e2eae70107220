using System.Globalization;
using System.Text;
using Salus.Fhir.Primitives;

namespace Salus.Fhir.Paths;

/// <summary>Writes dates and times with the precision they have.</summary>
internal static class TimeText
{
    internal static string Of(FhirDateTime value)
    {
        var (year, month, day) = CivilCalendar.Date(value.WallClock);
        var text = new StringBuilder(year.ToString("D4", CultureInfo.InvariantCulture));
        if (value.Precision >= TimePrecision.Month)
        {
            text.Append(CultureInfo.InvariantCulture, $"-{month:D2}");
        }

        if (value.Precision >= TimePrecision.Day)
        {
            text.Append(CultureInfo.InvariantCulture, $"-{day:D2}");
        }

        if (value.Precision >= TimePrecision.Hour)
        {
            var clock = value.WallClock - (CivilCalendar.Days(year, month, day) * FhirDateTime.Day);
            text.Append('T').Append(OfTime(value with { WallClock = clock }));
            if (value.Offset is { } offset)
            {
                text.Append(offset == 0 ? "Z" : string.Create(CultureInfo.InvariantCulture, $"{(offset < 0 ? '-' : '+')}{Math.Abs(offset) / 60:D2}:{Math.Abs(offset) % 60:D2}"));
            }
        }

        return text.ToString();
    }

    internal static string OfTime(FhirDateTime value)
    {
        var clock = value.WallClock;
        var text = new StringBuilder((clock / FhirDateTime.Hour).ToString("D2", CultureInfo.InvariantCulture));
        if (value.Precision >= TimePrecision.Minute)
        {
            text.Append(CultureInfo.InvariantCulture, $":{clock / FhirDateTime.Minute % 60:D2}");
        }

        if (value.Precision >= TimePrecision.Second)
        {
            text.Append(CultureInfo.InvariantCulture, $":{clock / FhirDateTime.Second % 60:D2}");
        }

        if (value.Precision == TimePrecision.Fraction)
        {
            var digits = (clock % FhirDateTime.Second).ToString("D6", CultureInfo.InvariantCulture);
            text.Append('.').Append(digits, 0, Math.Min((int)value.FractionDigits, 6));
        }

        return text.ToString();
    }
}
