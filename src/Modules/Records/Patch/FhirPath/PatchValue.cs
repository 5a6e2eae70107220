using System.Text.Json.Nodes;
using Salus.Fhir.Definitions;

namespace Salus.Records.Patch.FhirPath;

/// <summary>
/// The value of an operation: a data type (<c>valueHumanName</c>), a resource, or, for elements that have no type of their own such as <c>Patient.contact</c>,
/// parts that name its elements (http://hl7.org/fhir/R4/fhirpatch.html).
/// </summary>
/// <param name="Suffix">What stands behind <c>value</c>: <c>HumanName</c>; empty for a resource or parts.</param>
/// <param name="Json">The value; null for parts and for a primitive that has only extensions.</param>
/// <param name="Shadow">Id and extensions of a primitive (<c>_valueString</c>), or null.</param>
/// <param name="Parts">The elements by name; null for a value.</param>
internal sealed record PatchValue(string Suffix, JsonNode? Json, JsonNode? Shadow, IReadOnlyList<(string Name, PatchValue Value)>? Parts)
{
    /// <summary>Reads a parameter that carries a value; null when it carries none.</summary>
    public static PatchValue? Parse(JsonObject parameter)
    {
        if (parameter["part"] is JsonArray parts)
        {
            var named = new List<(string, PatchValue)>();
            foreach (var part in parts.OfType<JsonObject>())
            {
                if (part["name"] is not JsonValue text || !text.TryGetValue<string>(out var name) || Parse(part) is not { } value)
                {
                    return null;
                }

                named.Add((name, value));
            }

            return new PatchValue("", null, null, named);
        }

        if (parameter["resource"] is { } resource)
        {
            return new PatchValue("", resource, null, null);
        }

        var property = parameter.Select(p => p.Key.TrimStart('_')).FirstOrDefault(k => k.Length > 5 && k.StartsWith("value", StringComparison.Ordinal));
        return property is null ? null : new PatchValue(property[5..], parameter[property], parameter[$"_{property}"], null);
    }

    /// <summary>The JSON of this value as an element of the given definition, and of its shadow; or the name of a part that the element does not have.</summary>
    public (JsonNode? Json, JsonNode? Shadow, string? Unknown) For(ElementDefinition element) => Parts is null
        ? (Json?.DeepClone(), Shadow?.DeepClone(), null)
        : Build(element.Type) is var (built, unknown) ? (built, null, unknown) : default;

    private (JsonObject Json, string? Unknown) Build(TypeDefinition type)
    {
        var json = new JsonObject();
        foreach (var (name, part) in Parts!)
        {
            if (PatchPlace.Find(type, name, part) is not { } element)
            {
                return (json, $"{type.Name}.{name}");
            }

            var (value, shadow, unknown) = part.For(element);
            if (unknown is not null)
            {
                return (json, unknown);
            }

            new PatchPlace(json, element.JsonName, element.IsArray ? (json[element.JsonName] as JsonArray)?.Count ?? 0 : null).Insert(value, shadow);
        }

        return (json, null);
    }
}
