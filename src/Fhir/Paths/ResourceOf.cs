using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Paths;

/// <summary>Finds the resource around an element.</summary>
internal static class ResourceOf
{
    /// <summary>The innermost resource that holds the element; itself when it is one.</summary>
    internal static Element Element(Element element) => Around(element, contained: true);

    /// <summary>The innermost resource that is not contained in another: where <c>#id</c> is looked up.</summary>
    internal static Element Container(Element element) => Around(element, contained: false);

    private static Element Around(Element element, bool contained)
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

            ref var node = ref document.Nodes[at];
            if (node.Type != Node.None && node.Kind == JsonKind.Object && document.Definitions.Types[node.Type] is { Kind: TypeKind.Resource, IsAbstract: false }
                && (contained || document.Definitions.Elements[node.Definition].Name != "contained"))
            {
                found = at;
            }
        }

        return new Element(document, found, -1);
    }
}
