using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Search.Parameters;

/// <summary>string (http://hl7.org/fhir/R4/search.html#string): starts with, whatever case and accents; <c>:exact</c>; <c>:contains</c>; the operators of <c>_filter</c>.</summary>
internal static class StringParameter
{
    public static Outcome<string> Condition(SqlText sql, Tenant tenant, Criterion criterion)
    {
        var alternatives = new List<string>();
        foreach (var value in criterion.Values.Select(SearchText.Unescape))
        {
            var folded = FoldedText.Fold(value);
            if (folded.Length == 0)
            {
                return SearchText.Wrong(criterion.Name, value, "text that is more than white space");
            }

            alternatives.Add((criterion.Comparison.Length > 0 ? criterion.Comparison : criterion.Modifier) switch
            {
                "eq" => Equal(sql, folded, value),
                "ne" => $"not ({Equal(sql, folded, value)})",
                "ew" => Ends(sql, folded, value),
                "gt" => $"x.value > {sql.Add(folded)}",
                "ge" => $"x.value >= {sql.Add(folded)}",
                "lt" => $"x.value < {sql.Add(folded)}",
                "le" => $"x.value <= {sql.Add(folded)}",
                // The folded value leads through the index; the original decides.
                "exact" => $"x.value = {sql.Add(folded)} and x.original = {sql.Add(value)}",
                "contains" => $"select records.texts_like({sql.Add(tenant.Number)}, {sql.Add($"%{SearchText.Literal(folded)}%")})",
                // A range of the C collation instead of LIKE, which a parameter would keep from the index.
                _ => $"x.value >= {sql.Add(folded)} and x.value < {sql.Add(After(folded))}",
            });
        }

        // Each text stands there once, and not once for every resource that bears it.
        return criterion.Modifier == "contains" ? $"x.value in ({string.Join(" union all ", alternatives)})" : string.Join(" or ", alternatives.Select(a => $"({a})"));
    }

    // The folded text is cut: of a longer one the whole is compared as it was written, in lower case.
    private static string Equal(SqlText sql, string folded, string value) =>
        folded.Length < FoldedText.MaxFolded - 1 ? $"x.value = {sql.Add(folded)}" : $"x.value = {sql.Add(folded)} and lower(x.original) = {sql.Add(value.ToLowerInvariant())}";

    private static string Ends(SqlText sql, string folded, string value) =>
        $"""
        case when char_length(x.value) < {FoldedText.MaxFolded - 1} then x.value like {sql.Add($"%{SearchText.Literal(folded)}")}
        else lower(x.original) like {sql.Add($"%{SearchText.Literal(value.ToLowerInvariant())}")} end
        """;

    /// <summary>The least text greater than every text that starts with this one, in code point order.</summary>
    internal static string After(string prefix) => prefix + "\U0010FFFF";
}
