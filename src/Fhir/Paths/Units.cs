namespace Salus.Fhir.Paths;

/// <summary>Comparison of quantities. Units of time of fixed length convert into each other; other units must be the same.</summary>
internal static class Units
{
    // Microseconds. UCUM's codes and the calendar words for durations of fixed length.
    private static readonly Dictionary<string, decimal> Durations = new(StringComparer.Ordinal)
    {
        ["week"] = 604_800_000_000m, ["wk"] = 604_800_000_000m,
        ["day"] = 86_400_000_000m, ["d"] = 86_400_000_000m,
        ["hour"] = 3_600_000_000m, ["h"] = 3_600_000_000m,
        ["minute"] = 60_000_000m, ["min"] = 60_000_000m,
        ["second"] = 1_000_000m, ["s"] = 1_000_000m,
        ["millisecond"] = 1_000m, ["ms"] = 1_000m,
    };

    /// <summary>The order of two quantities; null when their units measure different things; a fault when a conversion would be needed that is not there.</summary>
    internal static int? Compare(in PathValue a, in PathValue b, int position)
    {
        var (x, y) = Common(a, b, position);
        return x is { } left && y is { } right ? left.CompareTo(right) : null;
    }

    /// <summary>True when there is an order between two quantities of these units.</summary>
    internal static bool Comparable(in PathValue a, in PathValue b) => Unit(a) == Unit(b);

    internal static bool Equivalent(in PathValue a, in PathValue b, int position)
    {
        var (x, y) = Common(Years(a), Years(b), position);
        if (x is null)
        {
            return false;
        }

        var digits = Math.Min(x.Value.Scale, y!.Value.Scale);
        return Math.Round(x.Value, digits, MidpointRounding.AwayFromZero) == Math.Round(y.Value, digits, MidpointRounding.AwayFromZero);
    }

    private static (decimal? A, decimal? B) Common(in PathValue a, in PathValue b, int position)
    {
        var (left, right) = (Unit(a), Unit(b));
        if (a.IsCalendarUnit != b.IsCalendarUnit && (IsYears(a) || IsYears(b)))
        {
            // A calendar year is not the mean year 'a' of UCUM: equal or not cannot be said.
            return (null, null);
        }

        if (left == right)
        {
            return (a.Decimal, b.Decimal);
        }

        if (Durations.TryGetValue(left, out var one) && Durations.TryGetValue(right, out var other))
        {
            return (a.Decimal * one, b.Decimal * other);
        }

        return a.IsCalendarUnit && b.IsCalendarUnit && IsYears(a) && IsYears(b)
            ? (a.Decimal * (left == "year" ? 12 : 1), b.Decimal * (right == "year" ? 12 : 1))
            : throw NoConversion(a, b, position);
    }

    // For equivalence, 'a' and 'mo' stand for the calendar's units.
    private static PathValue Years(in PathValue value) => value switch
    {
        { Kind: PathKind.Quantity, IsCalendarUnit: false, Unit: "a" } => PathValue.OfQuantity(value.Decimal, "year", calendar: true),
        { Kind: PathKind.Quantity, IsCalendarUnit: false, Unit: "mo" } => PathValue.OfQuantity(value.Decimal, "month", calendar: true),
        _ => value,
    };

    private static bool IsYears(in PathValue value) => value.IsCalendarUnit && value.Unit is "year" or "month";

    private static string Unit(in PathValue value) => value.Kind == PathKind.Quantity ? value.Unit : "1";

    private static PathFault NoConversion(in PathValue a, in PathValue b, int position) =>
        new($"Comparing '{Unit(a)}' with '{Unit(b)}' needs a conversion of units, which is not implemented yet", position);
}
