using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Search.Parameters;

/// <summary>number and quantity (http://hl7.org/fhir/R4/search.html#number, #quantity): a value stands for the range of its precision. A UCUM unit finds all units that measure the same: see <see cref="Units"/>.</summary>
internal static class AmountParameter
{
    public static Outcome<string> NumberCondition(SqlText sql, Criterion criterion)
    {
        var alternatives = new List<string>();
        foreach (var value in criterion.Values)
        {
            var range = AmountRange.Parse(SearchText.Unescape(value));
            if ((criterion.Comparison == "co" ? range?.Includes(sql) : range?.Condition(sql)) is not { } condition)
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
            if (parts.Count is not (1 or 3) || AmountRange.Parse(parts[0]) is not { } range)
            {
                return SearchText.Wrong(criterion.Name, value, "number, number|system|code or number||unit, with eq, ne, gt, lt, ge, le, sa, eb or ap in front if wanted");
            }

            alternatives.Add(parts.Count == 1 ? $"({range.Condition(sql)})" : $"({range.Condition(sql)}{await UnitAsync(sql, parts[1], parts[2], catalog, ct)})");
            if (parts is [_, Units.System, { Length: > 0 } code])
            {
                alternatives.AddRange(await OtherUnitsAsync(sql, range, FoldedText.Code(code), catalog, ct));
            }
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

    // The same amount in every unit in use that measures the same.
    private static async ValueTask<List<string>> OtherUnitsAsync(SqlText sql, AmountRange range, string code, Catalog catalog, CancellationToken ct)
    {
        var (unit, others) = await catalog.Units.LikeAsync(code, ct);
        var conditions = new List<string>();
        if (unit is null || others.Count == 0)
        {
            return conditions;
        }

        var system = sql.Add(await catalog.FindSystemAsync(Units.System, ct));
        foreach (var other in others)
        {
            if (range.In(unit, other)?.Condition(sql) is { } condition)
            {
                conditions.Add($"({condition} and x.system = {system} and x.code = {sql.Add(other.Code)})");
            }
        }

        return conditions;
    }
}
