using Microsoft.Extensions.Options;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Compartment;
using Salus.Records.History;
using Salus.Records.Http;
using Salus.Records.Operations;
using Salus.Records.Read;
using Salus.Records.Search;
using Salus.Records.Storage;

namespace Salus.Records.Transaction;

/// <summary>GET entries of a bundle: read, vread, history, search, operations.</summary>
internal sealed class EntryReads(
    ResourceVersions versions, SearchInteraction search, HistoryInteraction history, OperationSet operations, CompartmentSearch compartments,
    FhirDefinitions definitions, IOptions<RecordsOptions> options)
{
    /// <summary>What the reads of one bundle may answer together.</summary>
    public AnswerBudget Budget() => new(options.Value.MaxBundleAnswerBytes);

    /// <summary>Runs a read; fails when the bundle's budget is spent, without asking the database.</summary>
    public async Task<Outcome<Reply>> RunAsync(Caller caller, BundleEntry entry, AnswerBudget budget, string address, CancellationToken ct)
    {
        if (budget.Spent)
        {
            return TooMuch(entry);
        }

        Outcome<Reply> outcome;
        try
        {
            outcome = await ReadAsync(caller, entry, address, ct);
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            // The writes of the same bundle may be stored: their answers must not be lost with this one.
            outcome = Failures.OfRead(e);
        }

        if (outcome.Failed(out _))
        {
            return outcome;
        }

        var reply = entry.Freshness.Of(outcome.Value);
        return budget.Take(reply.Body.Length) ? reply : TooMuch(entry);
    }

    private Failure TooMuch(BundleEntry entry) => new(
        FailureKind.TooCostly, "too-costly",
        $"The reads of this bundle answer more than {options.Value.MaxBundleAnswerBytes} bytes together (Salus:Records:MaxBundleAnswerBytes). Ask for this one by itself, or for smaller pages.", entry.Path);

    private async Task<Outcome<Reply>> ReadAsync(Caller caller, BundleEntry entry, string address, CancellationToken ct)
    {
        var question = entry.Url.IndexOf('?', StringComparison.Ordinal);
        var query = question < 0
            ? []
            : QueryText.Pairs(entry.Url[question..]);
        return (question < 0 ? entry.Url : entry.Url[..question]).Split('/') switch
        {
            [_] => await search.RunAsync(caller, entry.Type.Name, query, lenient: false, address, ct),
            [_, ['$', .. var name]] => await operations.RunAsync(caller, entry.Type, null, name, query, default, post: false, lenient: false, address, ct),
            [_, var id, ['$', .. var name]] => await operations.RunAsync(caller, entry.Type, id, name, query, default, post: false, lenient: false, address, ct),
            [_, "_history"] => await history.RunAsync(caller, entry.Type, null, query, address, ct),
            [_, not "_history"] or [_, _, "_history", _] when PlainQuery.Refuse("GET", $"{entry.Type.Name}/[id]", query) is { } refused => refused,
            [_, var id] => await AnswerShape.ReadAsync(entry.Type, query, definitions, () => versions.ReadAsync(caller, entry.Type, id, ct)),
            [_, var id, "_history"] => await history.RunAsync(caller, entry.Type, id, query, address, ct),
            [_, var id, var target] => await compartments.RunAsync(caller, entry.Type, id, target, query, lenient: false, address, ct),
            [_, var id, "_history", var version] => await AnswerShape.ReadAsync(entry.Type, query, definitions, () => versions.ReadVersionAsync(caller, entry.Type, id, version, ct)),
            _ => new Failure(FailureKind.NotSupported, "not-supported", $"GET {entry.Url} is not supported.", $"{entry.Path}.request.url"),
        };
    }
}
