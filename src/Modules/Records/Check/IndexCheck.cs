using System.Runtime.InteropServices;
using Salus.Fhir.Json;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Sealing;
using Salus.Records.Storage;

namespace Salus.Records.Check;

/// <summary>What a current resource is found by is what its body gives, by the same functions that the commit stores. Safe for all threads.</summary>
internal sealed class IndexCheck(SearchValueExtractor extractor, Catalog catalog, IndexText text, OpenNumbers open)
{
    public void Extract(ResourceDocument document, SearchValues values)
    {
        extractor.Extract(document.Root, values);
        SealedValues.Mask(document, values);
    }

    /// <summary>Compares the index with these values; none for a deleted resource.</summary>
    public void Compare(StoredResource resource, SearchValues values, Findings findings)
    {
        if (catalog.UnknownSystems(values) is { } unknown)
        {
            findings.Add("records.code_system", resource.Row, $"there is no row for {unknown.First()}; there should be one, because the body uses it.");
            return;
        }

        var texts = StringText.Of(values.Strings, catalog);
        // A set of which one is not complete is known only when a resource with such a text was written since.
        texts = open.Closed(texts);
        if (texts.Find(t => !catalog.ParameterSets.Knows(t.Parameters)).Parameters is { } set)
        {
            findings.Add("records.parameter_set", resource.Row, $"there is no set of {text.Parameters(set)}; there should be one, because these find the same text of the body.");
            return;
        }

        var tenant = new Tenant(resource.Row.Tenant);
        Compare("records.current", resource, open.Closed(Words(resource.Words)), open.Closed(Expected(values)), text.Word, findings);
        Compare(
            "records.index_string", resource, open.Closed(resource.Strings, catalog), open.Closed([.. IndexedString.Of(texts, catalog).Select(t => StringRow.Of(tenant, t))], catalog), text.String, findings);
        Compare("records.index_date", resource, open.Closed(resource.Dates, r => r.Parameter), open.Closed([.. values.Dates.Select(v => DateRow.Of(tenant, v, catalog))], r => r.Parameter), text.Date, findings);
        Compare(
            "records.index_amount", resource, open.Closed(resource.Amounts, r => r.Parameter), open.Closed([.. Amounts(tenant, values)], r => r.Parameter), text.Amount, findings);
        Compare(
            "records.index_composite", resource, open.Closed(resource.Composites, r => r.Parameter),
            open.Closed([.. values.Composites.SelectMany(v => CompositeRow.Of(tenant, v, catalog))], r => r.Parameter), text.Composite, findings);
        Compare(
            "records.index_text", resource, open.Closed(resource.Texts, r => r.Parameter), open.Closed([.. values.Narratives.Select(v => TextRow.Of(tenant, v, catalog))], r => r.Parameter), text.Text, findings);
    }

    private IEnumerable<AmountRow> Amounts(Tenant tenant, SearchValues values) =>
        values.Numbers.Select(v => AmountRow.Of(tenant, v, catalog)).Concat(values.Quantities.Select(v => AmountRow.Of(tenant, v, catalog)))
            .Concat(values.Positions.SelectMany(v => new[] { AmountRow.Latitude(tenant, v, catalog), AmountRow.Longitude(tenant, v, catalog) }));

    private List<string> Expected(SearchValues values)
    {
        // In the order in which a tsvector keeps them, but for characters beyond the basic plane.
        var words = Words(Lexeme.Join(values, catalog));
        words.Sort(StringComparer.Ordinal);
        var kept = 0;
        for (var i = 0; i < words.Count; i++)
        {
            if (i == 0 || words[i] != words[kept - 1])
            {
                words[kept++] = words[i];
            }
        }

        words.RemoveRange(kept, words.Count - kept);
        return words;
    }

    private static List<string> Words(string joined) => joined.Length == 0 ? [] : [.. joined.Split(Lexeme.Between)];

    private static void Compare<T>(string table, StoredResource resource, List<T> found, List<T> expected, Func<T, string> text, Findings findings)
        where T : IEquatable<T>
    {
        // They mostly come in the order in which they were written.
        if (CollectionsMarshal.AsSpan(found).SequenceEqual(CollectionsMarshal.AsSpan(expected)))
        {
            return;
        }

        var (extra, missing) = (Without(found, expected), Without(expected, found));
        var because = resource.Row.Deleted ? "because the resource is deleted" : "because the body does not give it";
        var message = (extra, missing) switch
        {
            ([], []) => null,
            ([var one, ..], []) => $"there is {text(one)}{More(extra)}; it should not be there, {because}.",
            ([], [var one, ..]) => $"{text(one)}{More(missing)} is not there; it should be, because the body gives it.",
            ([var one, ..], [var other, ..]) => $"there is {text(one)}{More(extra)}; there should be {text(other)}{More(missing)}, which the body gives.",
        };
        if (message is not null)
        {
            findings.Add(table, resource.Row, message);
        }
    }

    /// <summary>What is in the first as often as it is not in the second.</summary>
    private static List<T> Without<T>(List<T> rows, List<T> others)
        where T : IEquatable<T>
    {
        var counts = new Dictionary<T, int>();
        foreach (var other in others)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(counts, other, out _)++;
        }

        return [.. rows.Where(row => --CollectionsMarshal.GetValueRefOrAddDefault(counts, row, out _) < 0)];
    }

    private static string More<T>(List<T> rows) => rows.Count == 1 ? "" : $" (and {rows.Count - 1} more)";
}
