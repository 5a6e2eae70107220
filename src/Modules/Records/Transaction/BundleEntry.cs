using System.Globalization;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Patch;
using Salus.Records.Read;
using Salus.Records.Storage;
using Salus.Records.Update;

namespace Salus.Records.Transaction;

/// <summary>
/// One entry of a batch or transaction, understood: <c>POST Patient</c>, <c>PUT Patient/1</c>, <c>PATCH Patient/1</c>, <c>DELETE Patient/1</c>, <c>GET ...</c>;
/// PUT, PATCH and DELETE also with criteria instead of an id.
/// </summary>
/// <param name="Path">Where it stands, for messages: <c>Bundle.entry[3]</c>.</param>
/// <param name="Method">Upper case.</param>
/// <param name="Type">The type in the URL.</param>
/// <param name="Id">Null for a create, for criteria and for searches.</param>
/// <param name="Url">The request URL below the base.</param>
/// <param name="FullUrl">What other entries call it; null when it has none.</param>
/// <param name="Resource">Nothing for DELETE and GET.</param>
/// <param name="Condition">What it requires of the current version.</param>
/// <param name="NoneExist">The criteria of a conditional create.</param>
internal sealed record BundleEntry(string Path, string Method, TypeDefinition Type, string? Id, string Url, string? FullUrl, Element Resource, Condition Condition, string? NoneExist)
{
    /// <summary>Where <see cref="NoneExist"/> stands.</summary>
    public string NoneExistPath => $"{Path}.request.ifNoneExist";

    /// <summary>The criteria of a PUT, PATCH or DELETE; null where an id is named.</summary>
    public string? Criteria { get; init; }

    /// <summary>Where <see cref="Criteria"/> stand.</summary>
    public string CriteriaPath => $"{Path}.request.url";

    /// <summary>What a PATCH changes.</summary>
    public PatchDocument? Patch { get; init; }

    /// <summary>What the client has of what a GET reads.</summary>
    public Freshness Freshness { get; init; }

    /// <summary>The id that a resource is sent with, though criteria decide which one it is.</summary>
    public string? StatedId => Method == "PUT" && Criteria is not null ? Resource.Child("id"u8).AsString() : null;

    public bool IsRead => Method == "GET";

    /// <summary>Reads the entry's request. Fails with a problem that names the entry.</summary>
    /// <param name="mostBytes">The largest resource that a patch may make.</param>
    public static Outcome<BundleEntry> Parse(Element entry, int index, FhirDefinitions definitions, int mostBytes)
    {
        var path = $"Bundle.entry[{index}]";
        var request = entry.Child("request"u8);
        if (request.Child("method"u8).AsString() is not { } method || request.Child("url"u8).AsString() is not { } url)
        {
            return Wrong($"{path}.request", "required", "The entry has no request with method and url, so it is not known what to do with it.");
        }

        // Relative to the base with or without a slash in front: both are common.
        url = url.StartsWith('/') ? url[1..] : url;
        var question = url.IndexOf('?', StringComparison.Ordinal);
        var segments = (question < 0 ? url : url[..question]).Split('/');
        if (definitions.Resource(segments[0]) is not { } type)
        {
            return Wrong($"{path}.request.url", "value", $"'{Shorten(url)}' does not start with a resource type of R4.");
        }

        var resource = entry.Child("resource"u8);
        var id = segments.Length > 1 ? segments[1] : null;
        var expected = (method, segments.Length, question) switch
        {
            ("POST", 1, < 0) or ("PUT" or "PATCH" or "DELETE", 2, < 0) or ("PUT" or "PATCH" or "DELETE", 1, > 0) => null,
            ("GET", _, _) => null,
            ("POST", _, >= 0) => "A create takes its criteria in ifNoneExist, not in the URL.",
            ("POST", _, _) => "POST takes a resource type: \"Patient\".",
            ("PUT" or "PATCH" or "DELETE", _, _) => $"{method} takes a type and an id, \"Patient/123\", or criteria, \"Patient?identifier=system|value\".",
            _ => $"{method} is not supported; POST, PUT, PATCH, DELETE and GET are.",
        };
        if (expected is not null)
        {
            return Wrong($"{path}.request", "not-supported", expected);
        }

        if ((method is "POST" or "PUT" or "PATCH") != resource.Exists)
        {
            return Wrong($"{path}.resource", resource.Exists ? "invalid" : "required", resource.Exists ? $"{method} has no resource in its entry." : $"{method} needs the resource in its entry.");
        }

        if (resource.Exists && resource.Type != type && method != "PATCH")
        {
            return Wrong($"{path}.request.url", "invalid", $"The request is about {type.Name}, the resource is a {resource.Type?.Name}.");
        }

        if (method is "PUT" or "PATCH" or "DELETE" && id is not null && Preparation.CheckId(id) is { } bad)
        {
            return Wrong($"{path}.request.url", "value", bad.Problems[0].Message);
        }

        if (method == "PUT" && id is not null && UpdateInteraction.IdMismatch(id, resource) is { } mismatch)
        {
            return Wrong($"{path}.resource.id", "value", mismatch.Problems[0].Message);
        }

        var noneExist = request.Child("ifNoneExist"u8).AsString();
        if (noneExist is not null && method != "POST")
        {
            return Wrong($"{path}.request.ifNoneExist", "invalid", $"ifNoneExist belongs to a create (POST); this is {method}.");
        }

        var patch = method == "PATCH" ? PatchDocument.OfEntry(resource, $"{path}.resource", mostBytes) : default;
        if (patch.Failed(out var failure))
        {
            return failure;
        }

        var noneMatch = request.Child("ifNoneMatch"u8).AsString();
        var condition = method == "GET" ? Condition.None : Condition.Parse(request.Child("ifMatch"u8).AsString(), noneMatch);
        return condition.Failed(out failure)
            ? Wrong($"{path}.request", "value", failure.Problems[0].Message)
            : new BundleEntry(path, method, type, id, url, entry.Child("fullUrl"u8).AsString(), resource, condition.Value, noneExist)
            {
                Criteria = question > 0 && method != "GET" ? url[(question + 1)..] : null,
                Patch = patch.Value,
                Freshness = new Freshness(noneMatch, Since(request.Child("ifModifiedSince"u8).AsString())),
            };
    }

    private static DateTimeOffset? Since(string? instant) =>
        DateTimeOffset.TryParse(instant, CultureInfo.InvariantCulture, DateTimeStyles.None, out var since) ? since : null;

    private static Failure Wrong(string path, string code, string message) => new(FailureKind.Invalid, code, message, path);

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
