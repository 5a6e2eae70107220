using System.Globalization;
using System.Text.Json;
using Salus.Fhir;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Views;
using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Http;
using Salus.Records.Operations;
using Salus.Records.Storage;

namespace Salus.Records.Views;

/// <summary>read, update, delete and search of ViewDefinitions, which R4 does not have: they stand in a table of their own, without history (docs/adr/0010-views.md).</summary>
internal sealed class ViewInteractions(ViewStore store, FhirDefinitions definitions)
{
    /// <summary>Null, or that the caller may not do this with views. They belong to no patient, so nothing but a grant for all of them counts.</summary>
    public static Failure? Refuse(Caller caller, Interactions interaction) =>
        caller.Permit.IsEverything || caller.Permit.For("ViewDefinition", interaction)?.All(layer => layer.Any(g => g is { Reach: Reach.EveryResource, Criteria: null })) == true
            ? null
            : AccessConditions.Forbidden(caller, "ViewDefinition", interaction);

    public async Task<Outcome<Reply>> ReadAsync(Caller caller, string id, CancellationToken ct) =>
        Refuse(caller, Interactions.Read) is { } forbidden ? forbidden : await store.FindAsync(caller.Tenant, id, ct) is { } stored
            ? new Reply(200) { Body = stored.Body, Version = stored.Version, LastModified = stored.At }
            : NotFound(id);

    public async Task<Outcome<Reply>> UpdateAsync(Caller caller, string id, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        if ((Refuse(caller, Interactions.Create | Interactions.Update) ?? Preparation.CheckId(id) ?? Mismatch(id, body)) is { } wrong)
        {
            return wrong;
        }

        if (!View.TryCompile(body, definitions, out var view, out var issues))
        {
            return Unfit(issues);
        }

        if (view.Status == "active" && ViewTable.Unfit(view) is { } unfit)
        {
            return OperationOutcome.Reply(422, "value", unfit);
        }

        var outcome = await store.PutAsync(caller.Tenant, id, view, body.ToArray(), ct);
        return outcome.Failed(out var failure)
            ? failure
            : new Reply(outcome.Value.Created ? 201 : 200)
            {
                Body = outcome.Value.View.Body,
                Version = outcome.Value.View.Version,
                LastModified = outcome.Value.View.At,
                Location = $"ViewDefinition/{id}",
            };
    }

    public async Task<Outcome<Reply>> DeleteAsync(Caller caller, string id, CancellationToken ct)
    {
        if (Refuse(caller, Interactions.Delete) is { } forbidden)
        {
            return forbidden;
        }

        var outcome = await store.DeleteAsync(caller.Tenant, id, ct);
        return outcome.Failed(out var failure) ? failure : new Reply(204);
    }

    /// <summary>All of them, or those with a <c>url</c> or <c>name</c>.</summary>
    public async Task<Outcome<Reply>> SearchAsync(Caller caller, IReadOnlyList<KeyValuePair<string, string>> query, string address, CancellationToken ct)
    {
        if (Refuse(caller, Interactions.Search) is { } forbidden)
        {
            return forbidden;
        }

        if (query.FirstOrDefault(p => p.Key is not ("url" or "name" or "_format" or "_pretty")) is { Key: { } other })
        {
            return new Failure(FailureKind.Invalid, "not-supported", $"ViewDefinition is not searched by '{other}'; there are url and name.", other);
        }

        var views = await store.ListAsync(caller.Tenant, Value("url"), Value("name"), ct);
        using var bundle = new BundleWriter("searchset");
        bundle.Total(views.Count);
        foreach (var view in views)
        {
            bundle.Entry($"{address}/ViewDefinition/{view.Id}");
            bundle.Resource(view.Body);
            bundle.EndEntry();
        }

        return Reply.Bundle(bundle.ToUtf8());

        string? Value(string name) => query.FirstOrDefault(p => p.Key == name).Value;
    }

    /// <summary><c>$materialization</c>: how far the table of a view is.</summary>
    public async Task<Outcome<Reply>> StatusAsync(Caller caller, string id, CancellationToken ct)
    {
        if (Refuse(caller, Interactions.Read) is { } forbidden)
        {
            return forbidden;
        }

        if (await store.FindAsync(caller.Tenant, id, ct) is not { } view)
        {
            return NotFound(id);
        }

        using var status = new ParametersWriter();
        return status
            .Text("state", "code", view.State.ToString().ToLowerInvariant())
            .Text("table", "string", view.State == ViewState.Ready ? ViewTable.Published(view.Name!) : null)
            .Text("done", "decimal", Number(view.Done))
            .Text("total", "decimal", Number(view.Total))
            .Text("error", "string", view.Error)
            .ToReply();

        // R4 has no integer64, and its integer ends at 2^31.
        static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
    }

    public static Failure NotFound(string id) => new(FailureKind.NotFound, "not-found", $"There is no ViewDefinition/{id}.");

    /// <summary>A view that cannot run, with each reason at its place.</summary>
    public static Reply Unfit(IReadOnlyList<Issue> issues) => OperationOutcome.Reply(422, [.. issues.Select(i => new Problem(i.Code, i.Message, i.Path))]);

    private static Failure? Mismatch(string id, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = StrictJson.Parse(body, ResourceReader.MaxDepth);
            var stated = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("id", out var value) ? value.ToString() : null;
            return stated == id ? null : new Failure(
                FailureKind.Invalid, "value",
                stated is null ? $"The resource has no id. An update names it in the resource too: \"id\": \"{id}\"." : "The resource's id is not the one in the address. They must be the same.",
                "ViewDefinition.id");
        }
        catch (JsonException e)
        {
            return new Failure(FailureKind.Invalid, "structure", $"The body is not well-formed JSON: {e.Message}");
        }
    }
}
