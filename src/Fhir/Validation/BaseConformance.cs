using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Validation;

/// <summary>
/// Answers whether a resource conforms to a type of R4 itself, by its structure (see <see cref="StructureValidator"/>): what
/// <c>conformsTo()</c> asks when no profiles are loaded. Safe for all threads.
/// </summary>
public sealed class BaseConformance(FhirDefinitions definitions)
{
    private const string Prefix = "http://hl7.org/fhir/StructureDefinition/";
    private readonly StructureValidator validator = new(definitions);

    /// <summary>Null when the URL is not that of an R4 type, or the type is not one of a resource.</summary>
    public bool? ConformsTo(Element element, string profile)
    {
        var url = profile.Split('|')[0];
        if (!url.StartsWith(Prefix, StringComparison.Ordinal) || definitions.Type(url[Prefix.Length..]) is not { Kind: TypeKind.Resource } type)
        {
            return null;
        }

        return element.Type is { Kind: TypeKind.Resource } actual && actual.Is(type.Name) && !validator.Validate(element).Any(i => i.Severity >= IssueSeverity.Error);
    }
}
