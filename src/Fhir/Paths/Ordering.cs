using Salus.Fhir.Primitives;

namespace Salus.Fhir.Paths;

/// <summary>The order behind <c>&lt;</c> and its kin (http://hl7.org/fhirpath/N1/#comparison). Null means unknown.</summary>
internal static class Ordering
{
    internal static int? Compare(in PathValue left, in PathValue right, int position)
    {
        var a = SystemValue.Of(left);
        var b = SystemValue.Of(right);
        return (a.Kind, b.Kind) switch
        {
            (PathKind.Integer or PathKind.Decimal, PathKind.Integer or PathKind.Decimal) => a.Decimal.CompareTo(b.Decimal),
            (PathKind.String, PathKind.String) => string.CompareOrdinal(a.Text, b.Text),
            (PathKind.Date or PathKind.DateTime, PathKind.Date or PathKind.DateTime) or (PathKind.Time, PathKind.Time) => Times(a.Time, b.Time),
            (PathKind.Quantity, PathKind.Quantity or PathKind.Integer or PathKind.Decimal) or (PathKind.Integer or PathKind.Decimal, PathKind.Quantity) =>
                Units.Compare(a, b, position),
            _ => throw new PathFault($"{Name(a)} and {Name(b)} have no order between them", position),
        };
    }

    /// <summary>Compares unit by unit down to the less exact of the two; equal so far but differently exact is unknown.</summary>
    internal static int? Times(FhirDateTime a, FhirDateTime b)
    {
        if (a.Precision > TimePrecision.Day && b.Precision > TimePrecision.Day)
        {
            if (a.Offset is null != b.Offset is null)
            {
                return null;
            }

            a = a with { WallClock = a.Low };
            b = b with { WallClock = b.Low };
        }

        var precision = (TimePrecision)Math.Min((byte)a.Precision, (byte)b.Precision);
        if (precision >= TimePrecision.Second)
        {
            // Seconds and their fractions are one precision.
            return a.WallClock.CompareTo(b.WallClock);
        }

        var order = Cut(a.WallClock, precision).CompareTo(Cut(b.WallClock, precision));
        return order != 0 || a.Precision == b.Precision ? order : null;
    }

    private static long Cut(long wallClock, TimePrecision precision)
    {
        switch (precision)
        {
            case TimePrecision.Year or TimePrecision.Month:
                var (year, month, _) = CivilCalendar.Date(wallClock);
                return (year * 12L) + (precision == TimePrecision.Month ? month : 0);
            case TimePrecision.Day:
                return Floor(wallClock, FhirDateTime.Day);
            case TimePrecision.Hour:
                return Floor(wallClock, FhirDateTime.Hour);
            default:
                return Floor(wallClock, FhirDateTime.Minute);
        }
    }

    private static long Floor(long value, long unit) => (value >= 0 ? value : value - unit + 1) / unit;

    internal static string Name(in PathValue value) =>
        value.Kind == PathKind.Element ? "An element of type " + (value.Element.Type?.Name ?? "unknown") : "A " + value.Kind;
}
