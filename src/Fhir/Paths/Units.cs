using Salus.Fhir.Ucum;

namespace Salus.Fhir.Paths;

/// <summary>
/// Comparison and arithmetic of quantities (http://hl7.org/fhirpath/N1/#quantity). Units are UCUM's; the calendar's words for durations of fixed length are those
/// of UCUM, and years and months of the calendar stand for themselves. What cannot be compared is unknown, not false.
/// </summary>
internal static class Units
{
    private static readonly Dictionary<string, string> FixedDurations = new(StringComparer.Ordinal)
    {
        ["week"] = "wk", ["day"] = "d", ["hour"] = "h", ["minute"] = "min", ["second"] = "s", ["millisecond"] = "ms",
    };

    /// <summary>The order of two quantities; null when their units measure different things, or one of them is no unit.</summary>
    internal static int? Compare(in PathValue a, in PathValue b, int _)
    {
        if (Unit(a) == Unit(b) && a.IsCalendarUnit == b.IsCalendarUnit)
        {
            return a.Decimal.CompareTo(b.Decimal);
        }

        if (IsYears(a) || IsYears(b))
        {
            // A calendar year is not the mean year 'a' of UCUM: equal or not cannot be said.
            return IsYears(a) && IsYears(b) ? Months(a).CompareTo(Months(b)) : null;
        }

        return Ucum(a) is { } left && Ucum(b) is { } right ? UcumUnit.Compare(a.Decimal, left, b.Decimal, right) : null;
    }

    /// <summary>True when the order of two quantities is known, whatever their values.</summary>
    internal static bool Comparable(in PathValue a, in PathValue b) => Compare(a, b, 0) is not null;

    /// <summary>Equal when the less exact of the two is as exact as it gets: <c>4 'g'</c> and <c>4040 'mg'</c>.</summary>
    internal static bool Equivalent(in PathValue a, in PathValue b, int _)
    {
        var (x, y) = (Years(a), Years(b));
        return Rounded(x, y) || Rounded(y, x);
    }

    /// <summary>The product or quotient of two quantities: its unit is the product or quotient of theirs; empty when a unit has none or the number does not fit.</summary>
    internal static PathValue Scale(in PathValue a, in PathValue b, bool divide)
    {
        if (a.IsCalendarUnit || b.IsCalendarUnit || (divide && b.Decimal == 0))
        {
            return default;
        }

        var (left, right) = (Unit(a), Unit(b));
        var code = right == "1" ? left
            : divide ? (left == right ? "1" : $"{Group(left)}/{Group(right)}")
            : left == "1" ? right : $"{Group(left)}.{Group(right)}";
        try
        {
            return UcumUnit.TryParse(code, out var unit, out _)
                ? PathValue.OfQuantity(divide ? a.Decimal / b.Decimal : a.Decimal * b.Decimal, unit.Code, calendar: false)
                : default;
        }
        catch (OverflowException)
        {
            return default;
        }
    }

    /// <summary>The sum or difference in the unit of <paramref name="a"/>; empty when the units measure different things.</summary>
    internal static PathValue Add(in PathValue a, in PathValue b, bool subtract)
    {
        if (Converted(b, a) is not { } other)
        {
            return default;
        }

        try
        {
            return PathValue.OfQuantity(subtract ? a.Decimal - other : a.Decimal + other, Unit(a), a.IsCalendarUnit);
        }
        catch (OverflowException)
        {
            return default;
        }
    }

    /// <summary>The same amount in another unit, a UCUM code or a calendar word; empty when it measures something else.</summary>
    internal static PathValue InUnit(in PathValue value, string unit)
    {
        var word = Syntax.PathParser.CalendarUnit(unit);
        var wanted = PathValue.OfQuantity(0, word ?? unit, calendar: word is not null);
        return Converted(value, wanted) is { } number ? PathValue.OfQuantity(number, wanted.Unit, wanted.IsCalendarUnit) : default;
    }

    private static bool Rounded(in PathValue a, in PathValue b)
    {
        if (Converted(b, a) is not { } other)
        {
            return false;
        }

        var digits = Math.Min(a.Decimal.Scale, other.Scale);
        return Math.Round(a.Decimal, digits, MidpointRounding.AwayFromZero) == Math.Round(other, digits, MidpointRounding.AwayFromZero);
    }

    /// <summary>The number of a value in the unit of another one; null when there is none.</summary>
    private static decimal? Converted(in PathValue value, in PathValue to)
    {
        if (Unit(value) == Unit(to) && value.IsCalendarUnit == to.IsCalendarUnit)
        {
            return value.Decimal;
        }

        if (IsYears(value) || IsYears(to))
        {
            return !IsYears(value) || !IsYears(to) ? null : to.Unit == "year" ? value.Decimal / 12 : value.Decimal * 12;
        }

        return Ucum(value) is { } from && Ucum(to) is { } into && from.TryConvert(value.Decimal, into, out var converted) ? converted : null;
    }

    private static UcumUnit? Ucum(in PathValue value)
    {
        var code = value.IsCalendarUnit ? FixedDurations.GetValueOrDefault(value.Unit) : Unit(value);
        return code is not null && UcumUnit.TryParse(code, out var unit, out _) ? unit : null;
    }

    // For equivalence, 'a' and 'mo' stand for the calendar's units.
    private static PathValue Years(in PathValue value) => value switch
    {
        { Kind: PathKind.Quantity, IsCalendarUnit: false, Unit: "a" } => PathValue.OfQuantity(value.Decimal, "year", calendar: true),
        { Kind: PathKind.Quantity, IsCalendarUnit: false, Unit: "mo" } => PathValue.OfQuantity(value.Decimal, "month", calendar: true),
        _ => value,
    };

    private static bool IsYears(in PathValue value) => value.IsCalendarUnit && value.Unit is "year" or "month";

    private static decimal Months(in PathValue value) => value.Unit == "year" ? value.Decimal * 12 : value.Decimal;

    private static string Unit(in PathValue value) => value.Kind == PathKind.Quantity ? value.Unit : "1";

    private static string Group(string code) => code.AsSpan().IndexOfAny('/', '.') < 0 ? code : $"({code})";
}
