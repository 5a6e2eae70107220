using System.Text.Json;
using Salus.Fhir.Definitions;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Search.Oracle;

/// <summary>How a query went.</summary>
internal enum OracleVerdict
{
    /// <summary>The server answered as the oracle does.</summary>
    Same,

    /// <summary>Both refuse it.</summary>
    Refused,

    /// <summary>The answer depends on the moment (<c>ap</c> on a date), and it passed meanwhile.</summary>
    Moving,

    Different,
}

/// <summary>Asks the server and the oracle the same.</summary>
internal sealed class OracleComparison(OracleStore store, FhirClient fhir)
{
    // RecordsOptions.MaxIncluded; MaxPageSize.
    private const int MostIncluded = 2000;
    private const int LargestPage = 1000;

    private readonly string address = fhir.Base.ToString().TrimEnd('/');

    public string Address => address;

    /// <returns>How it went, how many were found, and of a difference what it is.</returns>
    public async Task<(OracleVerdict Verdict, int Found, string Text)> RunAsync(OracleQuery query)
    {
        var before = Expected(query, out var refusal);
        var (refused, matches, included, total) = await AskAsync(query.Path);
        if (refused is not null || refusal is not null)
        {
            var tooMany = before is { } all && query.Include is not null && Included(query, all.Take(LargestPage)).Count > MostIncluded;
            return (refused is null) == (refusal is null) || tooMany ? (OracleVerdict.Refused, 0, "") : (OracleVerdict.Different, 0, $"the oracle says '{refusal ?? "answer"}', the server '{refused ?? "here is the answer"}'");
        }

        if (!before!.SetEquals(Expected(query, out _)!))
        {
            return (OracleVerdict.Moving, 0, "");
        }

        var text = Difference(before, matches)
            ?? (query.Total && total != before.Count ? $"{before.Count} match, and the total is {total}" : null)
            ?? (query.Sort is { } sort ? OracleOrder.Wrong(store, query.Type, sort, matches) : null)
            ?? (query.Include is null ? null : Difference(Included(query, matches), included));
        return text is null ? (OracleVerdict.Same, before.Count, "") : (OracleVerdict.Different, 0, text);
    }

    /// <summary>The smallest query with a difference that is left when parts of this one are dropped, one after the other.</summary>
    public async Task<string> ExplainAsync(OracleQuery query, string text)
    {
        for (var smaller = true; smaller;)
        {
            smaller = false;
            foreach (var candidate in query.Smaller())
            {
                if (await RunAsync(candidate) is (OracleVerdict.Different, _, var why))
                {
                    (query, text, smaller) = (candidate, why, true);
                    break;
                }
            }
        }

        return $"{Uri.UnescapeDataString(query.Path)}\n  {text}\n  curl -s '{address}/{query.Path}'";
    }

    private HashSet<string>? Expected(OracleQuery query, out string? refusal)
    {
        try
        {
            refusal = null;
            return new OracleSearch(store, new OracleMatch(OracleDate.Of(TimeProvider.System.GetUtcNow()), address)).Ids(query.Type, query.Criteria, query.Compartment);
        }
        catch (OracleRefusal e)
        {
            refusal = e.Message;
            return null;
        }
    }

    private HashSet<string> Included(OracleQuery query, IEnumerable<string> matches)
    {
        var (parameter, value) = query.Include!.Value;
        var frontier = matches.Select(id => store.Find(query.Type, id)!).ToList();
        var known = frontier.Select(m => m.Name).ToHashSet(StringComparer.Ordinal);
        var found = new HashSet<string>(StringComparer.Ordinal);
        do
        {
            frontier = [.. frontier.SelectMany(m => parameter.StartsWith("_rev", StringComparison.Ordinal) ? Backward(m, value.Split(':')) : Forward(m, value.Split(':'))).Where(t => known.Add(t.Name))];
            found.UnionWith(frontier.Select(t => t.Name));
        }
        while (frontier.Count > 0 && parameter.EndsWith(":iterate", StringComparison.Ordinal));
        return found;
    }

    private IEnumerable<OracleResource> Forward(OracleResource from, string[] parts) => parts is ["*"] || parts[0] == from.Type
        ? store.Parameters(from.Type).Where(p => p.Type == SearchType.Reference && (parts is ["*"] || parts[1] == "*" || parts[1] == p.Code)).SelectMany(p => store.Targets(from, p)).Where(t => parts.Length < 3 || t.Type == parts[2])
        : [];

    private IEnumerable<OracleResource> Backward(OracleResource to, string[] parts) =>
        store.Referring(to).Where(r => r.From.Type == parts[0] && (parts[1] == "*" || parts[1] == r.By.Code)).Select(r => r.From);

    // All pages.
    private async Task<(string? Refused, List<string> Matches, List<string> Included, int? Total)> AskAsync(string path)
    {
        var (matches, included) = (new List<string>(), new List<string>());
        int? total = null;
        for (var next = path; next is not null;)
        {
            var page = await fhir.GetAsync(next);
            if (page.Status != 200)
            {
                Assert.True(page.Status is 400 or 403 or 413 or 422, $"{path}: {page}");
                return ($"{page.Status} {page.Problems}", [], [], null);
            }

            using var bundle = JsonDocument.Parse(page.Body, new JsonDocumentOptions { MaxDepth = 200 });
            foreach (var entry in OracleItem.Items(bundle.RootElement, "entry"))
            {
                var name = OracleItem.String(entry, "fullUrl")![(address.Length + 1)..];
                var match = OracleItem.String(entry, "search", "mode") == "match";
                (match ? matches : included).Add(match ? name.Split('/')[1] : name);
            }

            total = bundle.RootElement.TryGetProperty("total", out var number) ? number.GetInt32() : total;
            next = OracleItem.Items(bundle.RootElement, "link").Where(l => OracleItem.String(l, "relation") == "next").Select(l => OracleItem.String(l, "url")).FirstOrDefault();
        }

        return (null, matches, included, total);
    }

    private static string? Difference(HashSet<string> expected, List<string> found)
    {
        var twice = found.GroupBy(f => f).Where(g => g.Count() > 1).Select(g => g.Key).ToList();
        var (missing, wrong) = (expected.Except(found).ToList(), found.Except(expected).ToList());
        return missing.Count + wrong.Count + twice.Count == 0
            ? null
            : $"{expected.Count} expected, {found.Count} found; not found: {Some(missing)}; found and should not: {Some(wrong)}; twice: {Some(twice)}";
    }

    private static string Some(List<string> ids) => ids.Count == 0 ? "none" : $"{ids.Count} ({string.Join(' ', ids.Order(StringComparer.Ordinal).Take(5))})";
}
