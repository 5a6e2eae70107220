using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Search.Parameters;

/// <summary>string (http://hl7.org/fhir/R4/search.html#string): starts with, whatever case and accents; <c>:exact</c>; <c>:contains</c>.</summary>
internal static class StringParameter
{
    public static Outcome<string> Condition(SqlText sql, Criterion criterion)
    {
        var alternatives = new List<string>();
        foreach (var value in criterion.Values.Select(SearchText.Unescape))
        {
            var folded = FoldedText.Fold(value);
            if (folded.Length == 0)
            {
                return SearchText.Wrong(criterion.Name, value, "text that is more than white space");
            }

            alternatives.Add(criterion.Modifier switch
            {
                // The folded value leads through the index; the original decides.
                "exact" => $"x.value = {sql.Add(folded)} and x.original = {sql.Add(value)}",
                "contains" => $"v.value like {sql.Add($"%{SearchText.Literal(folded)}%")}",
                // A range of the C collation instead of LIKE, which a parameter would keep from the index.
                _ => $"x.value >= {sql.Add(folded)} and x.value < {sql.Add(After(folded))}",
            });
        }

        var any = string.Join(" or ", alternatives.Select(a => $"({a})"));
        // Each text stands there once, and not once for every resource that bears it.
        return criterion.Modifier == "contains" ? $"x.value in (select v.value from records.string_value v where {any})" : any;
    }

    /// <summary>The least text greater than every text that starts with this one, in code point order.</summary>
    internal static string After(string prefix) => prefix + "\U0010FFFF";
}
