using Salus.Kernel;
using Salus.Records.Http;

namespace Salus.Records.Search;

/// <summary>Search on the whole system: only <c>GET /fhir?_summary=count</c>, the exact number of all resources.</summary>
internal sealed class SystemSearch(SystemCounts counts, SearchGate gate)
{
    public async Task<Outcome<Reply>> RunAsync(Caller caller, IReadOnlyList<KeyValuePair<string, string>> query, string address, CancellationToken ct)
    {
        var asked = query.Where(p => p.Key is not ("_format" or "_pretty")).ToList();
        if (asked is not [{ Key: "_summary", Value: "count" }])
        {
            return new Failure(
                FailureKind.NotSupported, "not-supported", "Of the whole system only the total can be asked: GET /fhir?_summary=count. Search one type: GET /fhir/Patient?name=...");
        }

        return await gate.RunAsync<Reply>(
            SearchCost.Costly,
            async () =>
            {
                using var bundle = new BundleWriter("searchset").Total((await counts.ByTypeAsync(caller, ct)).Sum(c => c.Value)).Links(("self", $"{address}?_summary=count"));
                return Reply.Bundle(bundle.ToUtf8());
            },
            ct);
    }
}
