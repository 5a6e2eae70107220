using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Paths;

/// <summary>Finds the resource around an element.</summary>
internal static class ResourceOf
{
    /// <summary>The innermost resource that holds the element; itself when it is one.</summary>
    internal static Element Element(Element element) => Around(element).Resource;

    /// <summary>The innermost resource that is not contained in another: where <c>#id</c> is looked up.</summary>
    internal static Element Container(Element element) => Around(element).Container;

    /// <summary>The resources around an element.</summary>
    /// <param name="Resource">The innermost; itself when it is one.</param>
    /// <param name="Container">The innermost that is not contained in another.</param>
    /// <param name="Bundle">The innermost Bundle; itself when it is one. Nothing when there is none.</param>
    /// <param name="Passed">How many nodes were passed to find them.</param>
    internal readonly record struct Surroundings(Element Resource, Element Container, Element Bundle, int Passed);

    internal static Surroundings Around(Element element)
    {
        var document = element.Document;
        var target = element.Index >= 0 ? element.Index : element.Shadow;
        var (resource, container, bundle, passed) = (0, 0, document.Type.Name == "Bundle" ? 0 : -1, 0);
        var at = 0;
        while (at != target)
        {
            at++;
            for (; document.Nodes[at].Next <= target; passed++)
            {
                at = document.Nodes[at].Next;
            }

            ref var node = ref document.Nodes[at];
            if (node.Type == Node.None || node.Kind != JsonKind.Object || document.Definitions.Types[node.Type] is not { Kind: TypeKind.Resource, IsAbstract: false } type)
            {
                continue;
            }

            resource = at;
            container = document.Definitions.Elements[node.Definition].Name == "contained" ? container : at;
            bundle = type.Name == "Bundle" ? at : bundle;
        }

        return new(new(document, resource, -1), new(document, container, -1), bundle < 0 ? default : new(document, bundle, -1), passed);
    }
}
