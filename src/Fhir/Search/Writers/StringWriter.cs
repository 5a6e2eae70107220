using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Search.Writers;

/// <summary>String values (http://hl7.org/fhir/R4/search.html#string).</summary>
internal sealed class StringWriter(FhirDefinitions definitions)
{
    private readonly DefinitionSet nameParts = Parts(definitions, "HumanName", "text", "family", "given", "prefix", "suffix");
    private readonly DefinitionSet addressParts = Parts(definitions, "Address", "text", "line", "city", "district", "state", "postalCode", "country");

    internal ValueWriter? For(TypeDefinition type) => type.Name switch
    {
        "string" or "markdown" or "code" or "id" => Text,
        "HumanName" => (name, parameter, into) => All(name, nameParts, parameter, into),
        "Address" => (address, parameter, into) => All(address, addressParts, parameter, into),
        _ => null,
    };

    private static DefinitionSet Parts(FhirDefinitions definitions, string type, params string[] names) =>
        new(names.Select(name => Fields.Of(definitions, type, Encoding.UTF8.GetBytes(name))));

    private static void Text(Element element, ResourceParameter parameter, SearchValues into)
    {
        var text = element.StringText();
        if (!text.IsEmpty)
        {
            into.Strings.Add(new StringValue(parameter, Encoding.UTF8.GetString(text)));
        }
    }

    private static void All(Element element, DefinitionSet parts, ResourceParameter parameter, SearchValues into)
    {
        foreach (var part in element.Among(parts))
        {
            Text(part, parameter, into);
        }
    }
}
