using Microsoft.AspNetCore.WebUtilities;
using Salus.Kernel;
using Salus.Records.History;
using Salus.Records.Http;
using Salus.Records.Read;
using Salus.Records.Search;

namespace Salus.Records.Transaction;

/// <summary>GET entries of a bundle: read, vread, history, search.</summary>
internal sealed class EntryReads(ResourceVersions versions, SearchInteraction search, HistoryInteraction history)
{
    public async Task<Outcome<Reply>> RunAsync(Caller caller, BundleEntry entry, string address, CancellationToken ct)
    {
        var question = entry.Url.IndexOf('?', StringComparison.Ordinal);
        var query = question < 0
            ? []
            : QueryHelpers.ParseQuery(entry.Url[question..]).SelectMany(p => p.Value, (p, v) => new KeyValuePair<string, string>(p.Key, v ?? "")).ToList();
        return (question < 0 ? entry.Url : entry.Url[..question]).Split('/') switch
        {
            [_] => await search.RunAsync(caller, entry.Type.Name, query, lenient: false, address, ct),
            [_, "_history"] => await history.RunAsync(caller, entry.Type, null, query, address, ct),
            [_, var id] => await versions.ReadAsync(caller, entry.Type, id, ct),
            [_, var id, "_history"] => await history.RunAsync(caller, entry.Type, id, query, address, ct),
            [_, var id, "_history", var version] => await versions.ReadVersionAsync(caller, entry.Type, id, version, ct),
            _ => new Failure(FailureKind.NotSupported, "not-supported", $"GET {entry.Url} is not supported.", $"{entry.Path}.request.url"),
        };
    }
}
