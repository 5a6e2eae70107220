using System.Globalization;
using Salus.Fhir.Ucum;

namespace Salus.Records.Search.Parameters;

/// <summary>A number of a query with its prefix: what it is, the range of its precision, and that of "about" (http://hl7.org/fhir/R4/search.html#prefix).</summary>
internal sealed record AmountRange(string Prefix, decimal Number, decimal Low, decimal High, decimal AboutLow, decimal AboutHigh)
{
    /// <summary>Null for what is no number.</summary>
    public static AmountRange? Parse(string text)
    {
        var (prefix, rest) = SearchText.Prefix(text);
        if (!decimal.TryParse(rest, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        var half = HalfDigit(rest, number);
        var about = Math.Max(Math.Abs(number) / 10, half);
        return new AmountRange(prefix, number, Sum(number, -half), Sum(number, half), Sum(number, -about), Sum(number, about));
    }

    /// <summary>The same in another unit; null where no decimal holds it, or a greater amount has a smaller number there (<c>[pH]</c>).</summary>
    public AmountRange? In(UcumUnit unit, UcumUnit other) =>
        unit.TryConvert(Number, other, out var number) && unit.TryConvert(Low, other, out var low) && unit.TryConvert(High, other, out var high)
        && unit.TryConvert(AboutLow, other, out var aboutLow) && unit.TryConvert(AboutHigh, other, out var aboutHigh) && aboutLow <= low && low <= high && high <= aboutHigh && aboutLow < aboutHigh
            ? new AmountRange(Prefix, number, low, high, aboutLow, aboutHigh)
            : null;

    /// <summary>The condition on the columns <c>x.low</c> and <c>x.high</c>.</summary>
    public string Condition(SqlText sql) => Prefix switch
    {
        "eq" => $"(x.low >= {sql.Add(Low)} and x.low < {sql.Add(High)} and x.high < {sql.Add(High)})",
        "ne" => $"(x.low < {sql.Add(Low)} or x.high >= {sql.Add(High)})",
        "gt" => $"x.high > {sql.Add(Number)}",
        "ge" => $"x.high >= {sql.Add(Number)}",
        "lt" => $"x.low < {sql.Add(Number)}",
        "le" => $"x.low <= {sql.Add(Number)}",
        "sa" => $"x.low > {sql.Add(Number)}",
        "eb" => $"x.high < {sql.Add(Number)}",
        _ => $"(x.low <= {sql.Add(AboutHigh)} and x.high >= {sql.Add(AboutLow)})",
    };

    /// <summary>"co" of <c>_filter</c>: the value that is stored, as precise as it was written, includes the number.</summary>
    // A numeric keeps the digits that it was written with.
    public string Includes(SqlText sql)
    {
        var number = sql.Add(Number);
        return $"(x.low - 5 * 10::numeric ^ (-1 - scale(x.low)) <= {number} and x.high + 5 * 10::numeric ^ (-1 - scale(x.high)) > {number})";
    }

    // The ends of what a decimal holds are ends of every range.
    private static decimal Sum(decimal number, decimal distance)
    {
        try
        {
            return number + distance;
        }
        catch (OverflowException)
        {
            return distance > 0 ? decimal.MaxValue : decimal.MinValue;
        }
    }

    // 100 stands for [99.5, 100.5), 5.40 for [5.395, 5.405), 1e2 for [50, 150).
    private static decimal HalfDigit(string text, decimal number)
    {
        var e = text.IndexOfAny(['e', 'E']);
        var exponent = 0;
        if (e >= 0 && !int.TryParse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
        {
            return 0; // beyond any decimal: the value itself is zero
        }

        var mantissa = e < 0 ? text : text[..e];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? 0 : mantissa.Length - point - 1;
        var half = 0.5m;
        for (var i = digits - exponent; i > 0 && half > 0; i--)
        {
            half /= 10;
        }

        for (var i = exponent - digits; i > 0 && half < Math.Abs(number); i--)
        {
            half *= 10;
        }

        return half;
    }
}
