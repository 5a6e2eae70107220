using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Operations;
using Salus.Records.Read;
using Salus.Records.Terminology.Content;
using Salus.Records.Terminology.Maps;
using Salus.Records.Terminology.Store;
using Salus.Records.Terminology.ValueSets;

namespace Salus.Records.Terminology.Calls;

/// <summary>Finds the resource that a call is about: by the id in its path, by its canonical URL, or as a resource in the call itself.</summary>
internal sealed class NamedResource(ResourceVersions versions, FhirDefinitions definitions)
{
    /// <summary>The value set of a call; and whether it was named by its URL, so that its expansion may be kept.</summary>
    public async Task<Outcome<(ValueSet Set, bool ByUrl)>> ValueSetAsync(OperationCall call, TerminologyView view)
    {
        var given = await GivenAsync(call, "valueSet");
        if (given.Failed(out var failure))
        {
            return failure;
        }

        if (given.Value.Exists)
        {
            return (ValueSetReader.Read(given.Value), false);
        }

        if (call.Parameters.Text("url") is not { } url)
        {
            return Missing("value set", "valueSet");
        }

        var found = await view.ValueSetAsync(Canonical(url, call.Parameters.Text("valueSetVersion")), call.Stop);
        return found.Failed(out failure) ? failure : (found.Value, true);
    }

    /// <summary>The code system of a call; null when it names none.</summary>
    public async Task<Outcome<CodeSystem?>> SystemAsync(OperationCall call, TerminologyView view, string? url, string? version)
    {
        var given = await GivenAsync(call, "codeSystem");
        if (given.Failed(out var failure))
        {
            return failure;
        }

        if (!given.Value.Exists && url is null)
        {
            return (CodeSystem?)null;
        }

        var found = given.Value.Exists ? await view.SystemOfAsync(given.Value, call.Stop) : await view.SystemAsync(url!, version, call.Stop);
        return found.Failed(out failure) ? failure
            : found.Value.Header.Content is SystemContent.NotPresent ? TerminologyView.NoContent(found.Value.Header)
            : (Outcome<CodeSystem?>)found.Value;
    }

    /// <summary>The concept maps of a call: one that it names, or all.</summary>
    public async Task<Outcome<IReadOnlyList<ConceptMap>>> MapsAsync(OperationCall call, TerminologyView view)
    {
        var given = await GivenAsync(call, "conceptMap");
        if (given.Failed(out var failure))
        {
            return failure;
        }

        if (given.Value.Exists)
        {
            return new[] { ConceptMapReader.Read(given.Value) };
        }

        var all = await view.MapsAsync(call.Stop);
        if (call.Parameters.Text("url") is not { } url)
        {
            return all.ToList();
        }

        var canonical = Canonical(url, call.Parameters.Text("conceptMapVersion"));
        var (bare, version) = canonical.Split('|', 2) is [var u, var v] ? (u, v) : (canonical, null);
        var named = all.Where(m => m.Url == bare && (version is null || m.Version == version)).OrderByDescending(m => m.Version, VersionOrder.Instance).Take(1).ToList();
        return named.Count > 0 ? named : new Failure(FailureKind.NotFound, "not-found", $"There is no concept map {canonical} on this server. Names are compared exactly.");
    }

    public static Failure Missing(string what, string parameter) => new(
        FailureKind.Invalid, "required", $"The request names no {what}: give 'url', the resource itself as '{parameter}', or call the operation on its id.", "url");

    private async Task<Outcome<Element>> GivenAsync(OperationCall call, string parameter)
    {
        var ways = new[] { call.Id is not null, call.Parameters.Has("url"), call.Parameters.Has(parameter) }.Count(w => w);
        if (ways > 1)
        {
            return new Failure(FailureKind.Invalid, "invalid", $"The request names what it is about more than once: the id in the path, 'url' and '{parameter}' exclude each other.");
        }

        if (call.Id is null)
        {
            return call.Parameters.Value(parameter);
        }

        var read = await versions.ReadAsync(call.Caller, call.Type!, call.Id, call.Stop);
        return read.Failed(out var failure) ? failure
            : ResourceReader.TryRead(read.Value.Body, definitions, out var document, out var issue) ? document.Root
            : throw new InvalidDataException($"{call.Type!.Name}/{call.Id} cannot be read: {issue.Message}");
    }

    private static string Canonical(string url, string? version) => version is null || url.Contains('|', StringComparison.Ordinal) ? url : $"{url}|{version}";
}
