using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Paths;

/// <summary>Finds the resource around an element.</summary>
internal static class ResourceOf
{
    /// <summary>The innermost resource that holds the element; itself when it is one.</summary>
    internal static Element Element(Element element)
    {
        var document = element.Document;
        var target = element.Index >= 0 ? element.Index : element.Shadow;
        var found = 0;
        var at = 0;
        while (at != target)
        {
            at++;
            while (document.Nodes[at].Next <= target)
            {
                at = document.Nodes[at].Next;
            }

            var type = document.Nodes[at].Type;
            if (type != Node.None && document.Nodes[at].Kind == JsonKind.Object && document.Definitions.Types[type] is { Kind: TypeKind.Resource, IsAbstract: false })
            {
                found = at;
            }
        }

        return new Element(document, found, -1);
    }
}
