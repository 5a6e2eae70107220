using System.Text;
using System.Text.Json.Nodes;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Storage;
using Salus.Records.Terminology.Content;
using Salus.Records.Update;

namespace Salus.Records.Terminology.Loading;

/// <summary>
/// Writes the CodeSystem resource that stands for a loaded table: what it is, without its concepts (content = not-present). Its commit is also how every
/// process learns through the feed that the code system has changed, so it is written anew at each load.
/// </summary>
internal sealed class SystemResource(UpdateInteraction update, Preparation preparation, FhirDefinitions definitions)
{
    // http://hl7.org/fhir/R4/datatypes.html#id
    private const int LongestId = 64;

    /// <summary>Returns its address: <c>CodeSystem/icd-10-cm-2021</c>.</summary>
    public async Task<Outcome<string>> StoreAsync(Caller caller, string format, SystemHeader header, long concepts, CancellationToken ct)
    {
        var id = Id(format, header.Version!);
        var read = preparation.Read(Encoding.UTF8.GetBytes(Resource(id, header, concepts).ToJsonString()));
        if (read.Failed(out var failure))
        {
            return failure;
        }

        var stored = await update.RunAsync(caller, definitions.Resource("CodeSystem")!, id, read.Value.Root, Condition.None, ct);
        return stored.Failed(out failure) ? failure : $"CodeSystem/{id}";
    }

    private static JsonObject Resource(string id, SystemHeader header, long concepts)
    {
        var resource = new JsonObject
        {
            ["resourceType"] = "CodeSystem",
            ["id"] = id,
            ["url"] = header.Url,
            ["version"] = header.Version,
            ["name"] = header.Name,
            ["title"] = header.Title,
            ["status"] = "active",
            ["description"] = "Its concepts were loaded from the files of the publisher and are in a table of the server: ask for them by $lookup, $validate-code and $expand.",
            ["caseSensitive"] = header.CaseSensitive,
            ["valueSet"] = $"{header.Url}?fhir_vs",
            ["hierarchyMeaning"] = "is-a",
            ["content"] = "not-present",
            ["count"] = concepts,
        };
        if (header.Language is { } language)
        {
            resource["language"] = language;
        }

        if (header.Properties.Count > 0)
        {
            resource["property"] = new JsonArray([.. header.Properties.Select(p => new JsonObject { ["code"] = p.Key, ["type"] = p.Value })]);
        }

        return resource;
    }

    // The end of a version is what tells two of them apart.
    private static string Id(string format, string version)
    {
        var clean = string.Concat(version.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '-'));
        var room = LongestId - format.Length - 1;
        return $"{format}-{(clean.Length <= room ? clean : clean[^room..])}";
    }
}
