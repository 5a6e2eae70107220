using System.Globalization;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Search.Parameters;

/// <summary>number and quantity (http://hl7.org/fhir/R4/search.html#number, #quantity): a value stands for the range of its precision; a unit must be the same, not converted.</summary>
internal static class AmountParameter
{
    public static Outcome<string> NumberCondition(SqlText sql, Criterion criterion)
    {
        var alternatives = new List<string>();
        foreach (var value in criterion.Values)
        {
            if (Compare(sql, SearchText.Unescape(value)) is not { } condition)
            {
                return SearchText.Wrong(criterion.Name, value, "a number such as 5.4, with eq, ne, gt, lt, ge, le, sa, eb or ap in front if wanted");
            }

            alternatives.Add(condition);
        }

        return string.Join(" or ", alternatives);
    }

    public static async ValueTask<Outcome<string>> QuantityConditionAsync(SqlText sql, Criterion criterion, Catalog catalog, CancellationToken ct)
    {
        var alternatives = new List<string>();
        foreach (var value in criterion.Values)
        {
            var parts = SearchText.Parts(value);
            if (parts.Count is not (1 or 3) || Compare(sql, parts[0]) is not { } condition)
            {
                return SearchText.Wrong(criterion.Name, value, "number, number|system|code or number||unit, with eq, ne, gt, lt, ge, le, sa, eb or ap in front if wanted");
            }

            if (parts.Count == 3)
            {
                condition += await UnitAsync(sql, parts[1], parts[2], catalog, ct);
            }

            alternatives.Add($"({condition})");
        }

        return string.Join(" or ", alternatives);
    }

    private static async ValueTask<string> UnitAsync(SqlText sql, string system, string code, Catalog catalog, CancellationToken ct)
    {
        var unit = code.Length == 0 ? null : sql.Add(FoldedText.Code(code));
        if (system.Length == 0)
        {
            // number||unit: the coded form or the printed one.
            return unit is null ? "" : $" and (x.code = {unit} or x.unit = {unit})";
        }

        var number = sql.Add(await catalog.FindSystemAsync(system, ct));
        return unit is null ? $" and x.system = {number}" : $" and x.system = {number} and x.code = {unit}";
    }

    private static string? Compare(SqlText sql, string text)
    {
        var (prefix, rest) = SearchText.Prefix(text);
        if (!decimal.TryParse(rest, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        var half = HalfDigit(rest, number);
        return prefix switch
        {
            "eq" => $"(x.low >= {sql.Add(Sum(number, -half))} and x.low < {sql.Add(Sum(number, half))} and x.high < {sql.Add(Sum(number, half))})",
            "ne" => $"(x.low < {sql.Add(Sum(number, -half))} or x.high >= {sql.Add(Sum(number, half))})",
            "gt" => $"x.high > {sql.Add(number)}",
            "ge" => $"x.high >= {sql.Add(number)}",
            "lt" => $"x.low < {sql.Add(number)}",
            "le" => $"x.low <= {sql.Add(number)}",
            "sa" => $"x.low > {sql.Add(number)}",
            "eb" => $"x.high < {sql.Add(number)}",
            _ => $"(x.low <= {sql.Add(Sum(number, Math.Max(Math.Abs(number) / 10, half)))} and x.high >= {sql.Add(Sum(number, -Math.Max(Math.Abs(number) / 10, half)))})",
        };
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
