using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Search.Writers;

/// <summary>URI values (http://hl7.org/fhir/R4/search.html#uri): as they stand, versions included.</summary>
internal static class UriWriter
{
    internal static ValueWriter? For(TypeDefinition type) => type.Name is "uri" or "url" or "canonical" or "oid" or "uuid" ? Write : null;

    private static void Write(Element element, ResourceParameter parameter, SearchValues into)
    {
        var text = element.StringText();
        if (!text.IsEmpty)
        {
            into.Uris.Add(new UriValue(parameter, Encoding.UTF8.GetString(text)));
        }
    }
}
