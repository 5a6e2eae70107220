using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Packages;
using Salus.Records.Read;
using Salus.Records.Storage;
using Salus.Records.Update;

namespace Salus.Records.SearchParameters;

/// <summary>
/// Stores the SearchParameter resources of loaded packages that add something to those of R4, once after the start. From there they are parameters like any other: for all
/// processes on the database, indexed again in the background, and deleted as a resource is. What a user wrote or deleted at their ids stays as it is.
/// </summary>
// As resources, not from the folder at each start: a process with another folder would take the parameters of this one for removed.
internal sealed class PackageParameters(
    LoadedPackages packages, AddedParameters added, UpdateInteraction update, Preparation preparation, ResourceVersions versions, FhirDefinitions definitions, TimeProvider time, ILogger<PackageParameters> log)
    : BackgroundService
{
    /// <summary>What <c>meta.source</c> of such a resource says.</summary>
    public const string Source = "urn:salus:package";

    /// <summary>Every SearchParameter of the packages, and why it is skipped, if it is; null until that is decided.</summary>
    public IReadOnlyList<PackageSearchParameter>? Decided { get; private set; }

    // Whatever fails: a service that ends with it would end the server, and a guide is not worth that.
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await new WorkLoop(time, (e, _) => RecordsLog.PackageParametersFailed(log, e)).UntilDoneAsync(
            async ct =>
            {
                Decided = await TakeInAsync(ct);
                if (Decided.Count > 0)
                {
                    RecordsLog.PackageParametersDecided(log, Decided.Count(d => d.Skipped is null), Decided.Count(d => d.Skipped is not null));
                }
            },
            stoppingToken);
    }

    private async Task<IReadOnlyList<PackageSearchParameter>> TakeInAsync(CancellationToken ct)
    {
        var decided = new Dictionary<ResourceDocument, PackageSearchParameter>();
        var owners = new Dictionary<string, Element>(StringComparer.Ordinal);
        // A composite may stand in front of its components.
        for (var again = true; again;)
        {
            again = false;
            foreach (var document in packages.SearchParameters.Where(d => !decided.TryGetValue(d, out var known) || known.Skipped is not null))
            {
                var id = document.Root.Child("id"u8).AsString() ?? "";
                // Two that store their own at one id would take turns at each start, and what was indexed for one be indexed again for the other.
                var reason = owners.TryGetValue(id, out var owner) && !AddedParameters.Same(owner, document.Root, definitions)
                    ? $"SearchParameter/{id} is that of another package, or of another file of this one"
                    : await TakeInAsync(document.Root, ct);
                if (reason is null)
                {
                    again = true;
                    owners.TryAdd(id, document.Root);
                }

                decided[document] = PackageSearchParameter.Of(document.Root, reason);
            }
        }

        return [.. packages.SearchParameters.Select(d => decided[d])];
    }

    // Null when it is a parameter now, or the reason why not.
    private async Task<string?> TakeInAsync(Element resource, CancellationToken ct)
    {
        if (resource.Child("id"u8).AsString() is not { } id || Preparation.CheckId(id) is not null)
        {
            return "it has no id that a resource can be stored under";
        }

        if (added.Has(resource, Caller.System.Tenant, id))
        {
            return null;
        }

        if (added.Reason(resource, Caller.System.Tenant, id) is { } reason)
        {
            return reason;
        }

        var type = definitions.Resource("SearchParameter")!;
        var current = await versions.CurrentAsync(Caller.System, type, id, ct);
        if (current.Deleted)
        {
            return $"SearchParameter/{id} was deleted here; PUT it to have it again";
        }

        if (current.Version > 0)
        {
            var there = await StoredAsync(type, id, ct);
            if (AddedParameters.Same(there, resource, definitions))
            {
                // Another process was faster, and this one will learn of it.
                return null;
            }

            if (there.Child("meta"u8).Child("source"u8).AsString() != Source)
            {
                return $"SearchParameter/{id} is another resource here, which stays as it is";
            }
        }

        var stored = await StoreAsync(type, resource, id, current.Version, ct);
        return !stored.Failed(out var failure) || failure.Kind is FailureKind.PreconditionFailed or FailureKind.Conflict ? null
            : failure.Kind == FailureKind.Unavailable ? throw new UnavailableException(failure.ToString())
            : failure.ToString();
    }

    private async Task<Element> StoredAsync(TypeDefinition type, string id, CancellationToken ct)
    {
        var read = await versions.ReadAsync(Caller.System, type, id, ct);
        return !read.Failed(out _) && ResourceReader.TryRead(read.Value.Body, definitions, out var document, out _) ? document.Root : default;
    }

    private async Task<Outcome<Reply>> StoreAsync(TypeDefinition type, Element resource, string id, int version, CancellationToken ct)
    {
        var json = JsonNode.Parse(resource.RawUtf8)!.AsObject();
        var meta = json["meta"] as JsonObject ?? [];
        meta["source"] = Source;
        json["meta"] = meta.Parent is null ? meta : meta.DeepClone();
        var read = preparation.Read(Encoding.UTF8.GetBytes(json.ToJsonString()));
        // Of several processes one stores it.
        return read.Failed(out var failure) ? failure
            : await update.RunAsync(Caller.System, type, id, read.Value.Root, version == 0 ? new Condition(null, NoneMatch: true) : new Condition(version, NoneMatch: false), ct);
    }

    private sealed class UnavailableException(string message) : Exception(message);
}
