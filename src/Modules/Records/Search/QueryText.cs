using Microsoft.AspNetCore.WebUtilities;

namespace Salus.Records.Search;

/// <summary>A query that stands in a text rather than in the address of a request.</summary>
internal static class QueryText
{
    /// <summary>Its parameters in their order, those of one name together; percent-escapes are resolved.</summary>
    /// <param name="query">With or without a question mark in front.</param>
    public static List<KeyValuePair<string, string>> Pairs(string query) =>
        [.. QueryHelpers.ParseQuery(query).SelectMany(p => p.Value, (p, value) => new KeyValuePair<string, string>(p.Key, value ?? ""))];

    /// <summary>Whether a query says only what is looked for, and nothing that shapes an answer.</summary>
    /// <param name="search">The query as it was understood.</param>
    public static bool IsCriteriaOnly(List<KeyValuePair<string, string>> query, SearchRequest search) =>
        search is { Sort.Count: 0, Includes.Count: 0, After: null, Shape: null, Total: false } && !query.Exists(p => p.Key is "_count" or "_total" or "_format" or "_pretty");
}
