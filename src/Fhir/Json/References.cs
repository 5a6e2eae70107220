namespace Salus.Fhir.Json;

/// <summary>Finds the references in a resource.</summary>
public static class References
{
    /// <summary>Every <c>Reference.reference</c> with a value below this element, contained resources and extensions included, in document order.</summary>
    public static IEnumerable<Element> In(Element element)
    {
        var document = element.Document;
        var reference = (ushort)document.Definitions.Type("Reference")!.Find("reference"u8)!.Index;
        for (var i = element.Index; i < document.Nodes[element.Index].Next; i++)
        {
            if (document.Nodes[i].Definition == reference && document.Nodes[i].Kind == JsonKind.String)
            {
                yield return new Element(document, i, -1);
            }
        }
    }
}
