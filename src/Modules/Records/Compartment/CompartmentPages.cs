using Microsoft.Extensions.Options;
using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Http;
using Salus.Records.Read;
using Salus.Records.Sealing;
using Salus.Records.Search;
using Salus.Records.Storage;

namespace Salus.Records.Compartment;

/// <summary>
/// Pages of a compartment, as <c>$everything</c> and <c>Patient/1/*</c> answer with them. A page ends at the key of its last resource, so nothing that
/// existed at the start is missed or seen twice because of what is written meanwhile.
/// </summary>
internal sealed class CompartmentPages(
    Database database, CompartmentSql plan, ResourceVersions versions, Catalog catalog, AccessConditions access, SearchGate gate, FhirDefinitions definitions, IOptions<RecordsOptions> options)
{
    /// <param name="parameters">Of the request, <c>_summary</c> and <c>_elements</c> left out.</param>
    public async Task<Outcome<Reply>> RunAsync(Caller caller, CompartmentScope scope, IEnumerable<KeyValuePair<string, string>> parameters, string address, CancellationToken ct)
    {
        scope.Add("_count", $"{options.Value.MaxPageSize}", definitions, options.Value.MaxPageSize);
        scope.Used.Clear();
        foreach (var (name, value) in parameters)
        {
            if (scope.Add(name, value, definitions, options.Value.MaxPageSize) is { } wrong)
            {
                return wrong;
            }
        }

        if (scope.Id is { } id)
        {
            var read = await versions.ReadAsync(caller, scope.Of, id, ct);
            if (read.Failed(out var absent))
            {
                return absent;
            }
        }

        return await gate.RunAsync(scope.Id is null ? SearchCost.Costly : SearchCost.Ordinary, () => PageAsync(caller, scope, address, ct), ct);
    }

    private async Task<Outcome<Reply>> PageAsync(Caller caller, CompartmentScope scope, string address, CancellationToken ct)
    {
        try
        {
            var allowed = await access.AcrossAsync(caller, scope.Types.Count == 0 ? null : scope.Types, Interactions.Search, ct);
            if (allowed.Failed(out var forbidden))
            {
                return forbidden;
            }

            var seen = allowed.Value;
            var page = await ReadAsync(caller, await (scope.Id is null ? plan.AllAsync(caller, scope, seen, ct) : plan.OneAsync(caller, scope, seen, ct)), ct);
            Cursor? next = null;
            if (page.Count > scope.Count)
            {
                next = new Cursor([], After(scope, page));
                page.RemoveAt(page.Count - 1);
            }

            var referred = scope is { Id: null, Referred: true } ? await ReadAsync(caller, await plan.ReferredByAsync(caller, scope, page.Select(r => r.Key), seen, ct), ct) : [];
            var keys = page.Select(r => r.Key).ToHashSet();
            referred.RemoveAll(r => keys.Contains(r.Key));
            return Reply.Bundle(Bundle(scope, page, referred, next, address), FoundResource.PatientsOf(page.Concat(referred))).About(scope is { Of.Name: "Patient", Id: { } one } ? [one] : []);
        }
        catch (Exception e) when (SearchInteraction.IsTimeout(e) && !ct.IsCancellationRequested)
        {
            return SearchInteraction.TooSlow(options.Value);
        }
    }

    // The last of the page has one behind it. Where the page is nothing but the resource itself, which stands out of the order, that one begins the next.
    private static long After(CompartmentScope scope, List<FoundResource> page) =>
        scope is { Id: { } id, After: null } && page is [var only, var first] && only.Type == scope.Of.Name && only.Id == id ? first.Key + 1 : page[^2].Key;

    private async Task<List<FoundResource>> ReadAsync(Caller caller, SqlText sql, CancellationToken ct)
    {
        await using var command = sql.ToCommand(database.For(caller.Tenant));
        command.CommandTimeout = options.Value.SearchTimeoutSeconds;
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<FoundResource>();
        while (await reader.ReadAsync(ct))
        {
            found.Add(new FoundResource(reader.GetInt64(0), catalog.TypeName(reader.GetInt16(1)), reader.GetString(2), reader.Body(3, catalog, caller.Tenant, catalog.TypeName(reader.GetInt16(1)), reader.GetString(2)), FoundResource.PatientsOf(reader, 4)));
        }

        return found;
    }

    private ReadOnlyMemory<byte> Bundle(CompartmentScope scope, List<FoundResource> page, List<FoundResource> referred, Cursor? next, string address)
    {
        using var bundle = new BundleWriter("searchset");
        if (next is null)
        {
            bundle.Links(("self", scope.Link(address, scope.After)));
        }
        else
        {
            bundle.Links(("self", scope.Link(address, scope.After)), ("next", scope.Link(address, next)));
        }

        foreach (var (resource, mode) in page.Select(r => (r, "match")).Concat(referred.Select(r => (r, "include"))))
        {
            var writer = bundle.Entry($"{address}/{resource.Type}/{resource.Id}");
            bundle.Resource(scope.Shape?.Of(resource.Body, definitions, included: mode == "include") ?? resource.Body);
            writer.WriteStartObject("search"u8);
            writer.WriteString("mode"u8, mode);
            writer.WriteEndObject();
            bundle.EndEntry();
        }

        return bundle.ToUtf8();
    }
}
