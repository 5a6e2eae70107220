namespace Salus.Fhir.Json;

/// <summary>Walks the values of one property, whether JSON writes one or an array.</summary>
internal ref struct ElementItems
{
    private readonly ResourceDocument? document;
    private readonly int end;
    private int next;

    internal ElementItems(Element property)
    {
        if (!property.HasValue)
        {
            return;
        }

        document = property.Document;
        next = property.Kind == JsonKind.Array ? property.Index + 1 : property.Index;
        end = document.Nodes[property.Index].Next;
    }

    public Element Current { get; private set; }

    public readonly ElementItems GetEnumerator() => this;

    public bool MoveNext()
    {
        while (next < end)
        {
            var at = next;
            ref var node = ref document!.Nodes[at];
            next = node.Next;
            if (node.Kind != JsonKind.Null)
            {
                Current = new Element(document, at, -1);
                return true;
            }
        }

        return false;
    }
}
