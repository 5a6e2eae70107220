using System.Text.Json;
using Salus.Fhir.Definitions;

namespace Salus.DefinitionsCompiler;

/// <summary>Reads the search parameters and the Patient compartment of the specification.</summary>
internal static class SearchParameterCompiler
{
    internal static IReadOnlyList<SearchParameter> Parameters(R4Package package) =>
    [
        .. package.Resources("search-parameters.json", "SearchParameter")
            // The package carries a parameter of a later version.
            .Where(parameter => parameter.Text("version") == "4.0.1")
            .Select(Parameter)
            .OrderBy(parameter => parameter.Url, StringComparer.Ordinal),
    ];

    /// <summary>Resource types with the parameters that put a resource into a patient's compartment (http://hl7.org/fhir/R4/compartmentdefinition-patient.html).</summary>
    internal static IReadOnlyList<(string Type, IReadOnlyList<string> Parameters)> PatientCompartment(R4Package package) =>
    [
        .. package.Read("compartmentdefinition-patient.json").List("resource")
            .Select(resource => (Type: resource.Text("code")!, Parameters: resource.Texts("param")))
            .Where(resource => resource.Parameters.Count > 0),
    ];

    private static SearchParameter Parameter(JsonElement parameter) => new(
        parameter.Text("url")!,
        parameter.Text("code")!,
        Enum.Parse<SearchType>(parameter.Text("type")!, ignoreCase: true),
        parameter.Texts("base"),
        parameter.Text("expression"),
        parameter.Texts("target"),
        [.. parameter.List("component").Select(part => new SearchComponent(Definition(parameter, part), part.Text("expression")!))],
        parameter.Text("description")!.ReplaceLineEndings("\n").Trim());

    // R4 has the two the wrong way round, as their types tell: relatesto is the reference to what, relation the code of how.
    private static string Definition(JsonElement parameter, JsonElement part) => (parameter.Text("code"), part.Text("expression")) switch
    {
        ("relationship", "code") => "http://hl7.org/fhir/SearchParameter/DocumentReference-relation",
        ("relationship", "target") => "http://hl7.org/fhir/SearchParameter/DocumentReference-relatesto",
        _ => part.Text("definition")!,
    };
}
