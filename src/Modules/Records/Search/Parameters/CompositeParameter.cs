using System.Globalization;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Search.Parameters;

/// <summary>
/// composite (http://hl7.org/fhir/R4/search.html#composite) of one element: <c>code$value</c>, the parts as values of their own types; rows
/// <c>x</c> of <c>records.index_composite</c>.
/// </summary>
internal sealed class CompositeParameter(Row row, OccurrenceCriterion criterion, Catalog catalog, TimeProvider time)
{
    private readonly SqlText sql = row.Sql;

    public async ValueTask<Outcome<string>> ConditionAsync(CancellationToken ct)
    {
        var alternatives = new List<string>();
        foreach (var value in criterion.Values)
        {
            var parts = SearchText.Split(value, '$');
            if (parts.Count != criterion.Parts.Count || parts.Exists(p => p.Length == 0))
            {
                return SearchText.Wrong(criterion.Name, value, SearchText.CompositeForm(criterion.Parts.Select(t => t.ToString().ToLowerInvariant())));
            }

            var ranges = 0;
            var all = new List<string>();
            for (var i = 0; i < parts.Count; i++)
            {
                var isRange = criterion.Parts[i] is SearchType.Date or SearchType.Number or SearchType.Quantity;
                var condition = isRange ? await RangeAsync(parts[i], criterion.Parts[i], ranges++, ct) : await WordAsync(parts[i], i, ct);
                if (condition.Failed(out var failure))
                {
                    return failure;
                }

                all.Add($"({condition.Value})");
            }

            alternatives.Add(string.Join(" and ", all));
        }

        return string.Join(" or ", alternatives.Select(a => $"({a})"));
    }

    private async ValueTask<Outcome<string>> RangeAsync(string part, SearchType type, int place, CancellationToken ct)
    {
        var one = new Criterion(null, criterion.Name, "", [part]);
        var condition = type switch
        {
            SearchType.Date => DateParameter.Condition(sql, one, time),
            SearchType.Number => AmountParameter.NumberCondition(sql, one),
            _ => await AmountParameter.QuantityConditionAsync(sql, one, catalog, ct),
        };
        // The same condition on the columns of the second range.
        return condition.Failed(out var failure) ? failure : place == 0 ? condition.Value : $"exists (select 1 from (select x.low2 as low, x.high2 as high) x where {condition.Value})";
    }

    private async ValueTask<Outcome<string>> WordAsync(string part, int place, CancellationToken ct)
    {
        switch (criterion.Parts[place])
        {
            case SearchType.String:
                var folded = FoldedText.Fold(SearchText.Unescape(part));
                return folded.Length == 0 ? SearchText.Wrong(criterion.Name, part, "text that is more than white space") : Starts(place, folded);
            case SearchType.Uri:
                return Equal(place, CompositeRow.WordOf(SearchText.Unescape(part), 0));
            case SearchType.Reference:
                return Reference(part, place);
            default:
                return SearchText.Parts(part) switch
                {
                    [var code] when code.Length > 0 => Starts(place, CompositeRow.Start(code)),
                    ["", var code] when code.Length > 0 => Equal(place, CompositeRow.WordOf(code, 0)),
                    [var system, ""] when system.Length > 0 => OfSystem(place, await catalog.FindSystemAsync(system, ct)),
                    [var system, var code] when system.Length > 0 => Equal(place, CompositeRow.WordOf(code, await catalog.FindSystemAsync(system, ct))),
                    _ => SearchText.Wrong(criterion.Name, part, "code, system|code, |code or system|"),
                };
        }
    }

    private Outcome<string> Reference(string part, int place)
    {
        var value = ReferenceParameter.Relative(SearchText.Unescape(part), row.Address);
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        if (value.Contains(':', StringComparison.Ordinal))
        {
            return Equal(place, CompositeRow.WordOf(value, 0));
        }

        if (slash < 0 && Preparation.CheckId(value) is null)
        {
            return Starts(place, CompositeRow.Start(value) + "-");
        }

        return slash > 0 && catalog.Number(value[..slash]) is var type and > 0 && Preparation.CheckId(value[(slash + 1)..]) is null
            ? Equal(place, CompositeRow.WordOf(value[(slash + 1)..], -type))
            : SearchText.Wrong(criterion.Name, part, "an id, Type/id or an absolute URL");
    }

    private string Equal(int place, string word) => place == 0
        ? $"x.word = {sql.Add(word)}"
        : $"{sql.Add(CompositeRow.Numbered(place, word))} = any(x.rest)";

    private string Starts(int place, string start) => place == 0
        ? $"x.word >= {sql.Add(start)} and x.word < {sql.Add(StringParameter.After(start))}"
        : $"exists (select 1 from unnest(x.rest) r (word) where starts_with(r.word, {sql.Add(CompositeRow.Numbered(place, start))}))";

    private string OfSystem(int place, int system)
    {
        var number = sql.Add(system.ToString(CultureInfo.InvariantCulture));
        return place == 0
            ? $"split_part(x.word, chr(31), 2) = {number}"
            : $"exists (select 1 from unnest(x.rest) r (word) where starts_with(r.word, {sql.Add(CompositeRow.Numbered(place, ""))}) and split_part(r.word, chr(31), 2) = {number})";
    }
}
