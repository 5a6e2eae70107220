using Microsoft.Extensions.Options;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Sealing;
using Salus.Records.SearchParameters;
using Salus.Records.Storage;

namespace Salus.Records.Search;

/// <summary>
/// Search on the whole system (http://hl7.org/fhir/R4/http.html#search): <c>GET /fhir?_type=Patient,Observation&amp;...</c>, by parameters that all these types have, newest first;
/// and <c>GET /fhir?_summary=count</c>, the exact number of all resources.
/// </summary>
internal sealed class SystemSearch(
    Database database, SystemCounts counts, SearchParser parser, SearchSql plan, SearchInteraction search, Includes includes, SearchGate gate, ParameterLoader definitions, TimeProvider time, Catalog catalog, IOptions<RecordsOptions> options)
{
    // Each type is a search of its own.
    private const int MaxTypes = 16;

    public async Task<Outcome<Reply>> RunAsync(Caller caller, IEnumerable<KeyValuePair<string, string>> query, string address, CancellationToken ct)
    {
        var asked = query.ToList();
        if (asked.Where(p => p.Key is not ("_format" or "_pretty")).ToList() is [{ Key: "_summary", Value: "count" }])
        {
            return await gate.RunAsync(SearchCost.Costly, () => CountAsync(caller, address, ct), ct);
        }

        while (true)
        {
            var version = definitions.Version;
            var parsed = Parse(asked);
            var outcome = parsed.Failed(out var failure) ? failure : await gate.RunAsync(SearchCost.Costly, () => PageAsync(caller, parsed.Value, asked, address, ct), ct);
            var rests = failure is null ? parsed.Value.Exists(r => definitions.AnyAdded(r.Parameters)) : failure.Kind == FailureKind.NotSupported;
            if (!rests || !await definitions.RefreshAfterAsync(version, ct))
            {
                return outcome;
            }
        }
    }

    private async Task<Outcome<Reply>> CountAsync(Caller caller, string address, CancellationToken ct)
    {
        var byType = await counts.ByTypeAsync(caller, ct);
        if (byType.Failed(out var failure))
        {
            return failure;
        }

        using var bundle = new BundleWriter("searchset").Total(byType.Value.Sum(c => c.Value)).Links(("self", $"{address}?_summary=count"));
        return Reply.Bundle(bundle.ToUtf8());
    }

    // The search as it is for each type.
    private Outcome<List<SearchRequest>> Parse(List<KeyValuePair<string, string>> query)
    {
        var types = query.Where(p => p.Key == "_type").SelectMany(p => p.Value.Split(',', StringSplitOptions.TrimEntries)).Distinct(StringComparer.Ordinal).ToList();
        if (types.Count is 0 or > MaxTypes)
        {
            return new Failure(
                FailureKind.NotSupported, "not-supported",
                $"A search of the whole system names 1 to {MaxTypes} types: GET /fhir?_type=Patient,Observation&_lastUpdated=gt2026-01-01. Without, only the total can be asked: GET /fhir?_summary=count.", "_type");
        }

        if (types.Find(t => parser.Definitions.Resource(t) is null) is { } unknown)
        {
            return new Failure(FailureKind.Invalid, "value", $"'{unknown}' is not a resource type of R4.", "_type");
        }

        var requests = new List<SearchRequest>();
        foreach (var type in types)
        {
            // Never lenient: left out for one type and not for another, a parameter would find what nobody asked for.
            var request = parser.Parse(type, query.Where(p => p.Key != "_type"), lenient: false);
            if (request.Failed(out var failure))
            {
                return failure;
            }

            if (request.Value.Sort.Count > 0)
            {
                return new Failure(FailureKind.NotSupported, "not-supported", "Several types are answered newest first; leave out _sort, or search one type.", "_sort");
            }

            requests.Add(request.Value);
        }

        return requests;
    }

    private async Task<Outcome<Reply>> PageAsync(Caller caller, List<SearchRequest> requests, List<KeyValuePair<string, string>> query, string address, CancellationToken ct)
    {
        var head = new SearchRequest("") { Count = requests[0].Count, After = requests[0].After, Address = address };
        head.Includes.AddRange(requests[0].Includes);
        head.Used.AddRange(query.Where(p => p.Key != Cursor.Parameter));
        try
        {
            var left = new TimeLeft(time, options.Value.SearchTimeoutSeconds);
            var found = new List<FoundResource>();
            Total? total = null;
            foreach (var request in requests)
            {
                request.Address = address;
                var one = await OneAsync(caller, request, left, ct);
                if (one.Failed(out var failure))
                {
                    return failure;
                }

                // What the page will not show is let go at once: pages of so many types are large.
                found = Newest(head, found.Concat(one.Value.Page));
                total = one.Value.Total is { } more ? new Total((total?.Number ?? 0) + more.Number, (total?.IsExact ?? true) && more.IsExact) : total;
            }

            return await AnswerAsync(caller, head, requests, found, total, left, address, ct);
        }
        catch (Exception e) when (SearchInteraction.IsTimeout(e) && !ct.IsCancellationRequested)
        {
            return SearchInteraction.TooSlow(options.Value);
        }
    }

    // One more than the page holds.
    private static List<FoundResource> Newest(SearchRequest head, IEnumerable<FoundResource> found) =>
        [.. (head.After is { Backward: true } ? found.OrderBy(r => r.Key) : found.OrderByDescending(r => r.Key)).Take(head.Count + 1)];

    // The newest of one type, one more than the page holds, and how many there are if that was asked.
    private async Task<Outcome<(List<FoundResource> Page, Total? Total)>> OneAsync(Caller caller, SearchRequest request, TimeLeft left, CancellationToken ct)
    {
        if (left.IsOver)
        {
            return SearchInteraction.TooSlow(options.Value);
        }

        var page = new List<FoundResource>();
        if (request.Count > 0)
        {
            var sql = await plan.PageAsync(caller, request, ct);
            if (sql.Failed(out var failure))
            {
                return failure;
            }

            await using var command = SearchInteraction.Limited(sql.Value.ToCommand(database.For(caller.Tenant)), left.Seconds);
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                page.Add(new FoundResource(reader.GetInt64(0), request.Type, reader.GetString(1), reader.Body(4, catalog, caller.Tenant, request.Type, reader.GetString(1)), FoundResource.PatientsOf(reader, 5)));
            }
        }

        var total = await search.TotalAsync(caller, request, left.Seconds, page.Count, all: request.Count > 0 && page.Count <= request.Count && request.After is null, ct);
        return total.Failed(out var wrong) ? wrong : (page, total.Value);
    }

    private async Task<Outcome<Reply>> AnswerAsync(Caller caller, SearchRequest head, List<SearchRequest> requests, List<FoundResource> found, Total? total, TimeLeft left, string address, CancellationToken ct)
    {
        var page = found.Take(head.Count).ToList();
        var beside = Beside(head, found);
        if (head.After is { Backward: true })
        {
            page.Reverse();
        }

        if (SearchInteraction.TooLong(address, head, beside.Next) is { } endless)
        {
            return endless;
        }

        var included = await includes.FetchAsync(caller, head, page, left.Seconds, ct);
        if (included.Failed(out var tooMany))
        {
            return tooMany;
        }

        var shaped = page.ConvertAll(r => search.Shaped(requests.Find(q => q.Type == r.Type)!, r, included: false));
        return Reply.Bundle(search.Bundle(head, shaped, [.. included.Value.Select(r => search.Shaped(requests[0], r, included: true))], total, beside, address), FoundResource.PatientsOf(page.Concat(included.Value)))
            .About(requests.SelectMany(AskedPatients.Of));
    }

    // One more than the page has, if there is one, tells that there is a page beyond.
    private static Neighbours Beside(SearchRequest head, List<FoundResource> found)
    {
        var more = found.Count > head.Count && head.Count > 0;
        return head.After is { Backward: true } end
            ? new Neighbours(more ? new Cursor([], found[head.Count].Key, Backward: true) : null, end with { Backward = false })
            : new Neighbours(head.After is { } start ? start with { Backward = true } : null, more ? new Cursor([], found[head.Count - 1].Key) : null);
    }
}
