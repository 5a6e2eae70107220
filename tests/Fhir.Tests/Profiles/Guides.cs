using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Profiles;
using Salus.Fhir.Tests.Validation;
using Salus.Fhir.Validation;

namespace Salus.Fhir.Tests.Profiles;

/// <summary>Profiles for tests: US Core as published, and small ones made here.</summary>
internal static class Guides
{
    /// <summary>The definitions of US Core 3.1.0.</summary>
    internal static IReadOnlyList<ResourceDocument> UsCore() =>
    [
        .. Validation.TestData.Archive(Directory.GetFiles(Validation.TestData.Folder("us-core")!, "*.tgz").Single())
            .Where(f => f.Name.StartsWith("StructureDefinition-", StringComparison.Ordinal) || f.Name.StartsWith("ValueSet-", StringComparison.Ordinal) || f.Name.StartsWith("CodeSystem-", StringComparison.Ordinal))
            .Select(f => Checks.Read(f.Content)),
    ];

    internal static ProfileSet Set(IEnumerable<ResourceDocument> definitions)
    {
        var set = new ProfileSet(FhirDefinitions.R4);
        foreach (var definition in definitions)
        {
            set.Add(definition);
        }

        return set;
    }

    /// <summary>A profile with a differential only; rows are JSON with ' for ".</summary>
    internal static ResourceDocument Profile(string type, string rows, string url = "http://example.org/p", string? baseUrl = null) => Checks.Read(
        $"{{'resourceType':'StructureDefinition','url':'{url}','name':'P','title':'{url.Split('/')[^1]}','status':'draft','kind':'resource','abstract':false,'type':'{type}',"
        + $"'baseDefinition':'{baseUrl ?? "http://hl7.org/fhir/StructureDefinition/" + type}','derivation':'constraint','differential':{{'element':[{rows}]}}}}");

    /// <summary>"code path" of each error against the profiles that are named; the JSON may use ' for ".</summary>
    internal static string Errors(ProfileSet set, string json, params string[] urls) =>
        string.Join('\n', Issues(set, json, urls).Where(i => i.Severity >= IssueSeverity.Error).Select(i => $"{i.Code} {i.Path}"));

    internal static IReadOnlyList<Issue> Issues(ProfileSet set, string json, params string[] urls) =>
        new ResourceValidator(FhirDefinitions.R4, () => set).Validate(
            Checks.Read(Encoding.UTF8.GetBytes(json.Replace('\'', '"'))).Root, new ValidationRequest { Profiles = urls });
}
