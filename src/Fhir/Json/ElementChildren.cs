namespace Salus.Fhir.Json;

/// <summary>Walks the children of an element without allocating. Arrays are flattened; a primitive and its <c>_name</c> come as one element; JSON nulls without a partner are left out.</summary>
public ref struct ElementChildren
{
    private readonly ResourceDocument? document;
    private readonly string? name;
    private readonly DefinitionSet? among;
    private readonly int parent;
    private readonly int end;
    private int next;
    private int item;
    private int itemEnd;
    private int partner;
    private int partnerEnd;

    internal ElementChildren(Element of, string? name, DefinitionSet? among = null)
    {
        this.name = name;
        this.among = among;
        if (!of.Exists)
        {
            return;
        }

        document = of.Document;
        // Of a primitive, the children stand in its shadow.
        parent = of.Index >= 0 && document.Nodes[of.Index].Kind == JsonKind.Object ? of.Index : of.Shadow;
        if (parent >= 0 && document.Nodes[parent].Kind == JsonKind.Object)
        {
            next = parent + 1;
            end = document.Nodes[parent].Next;
        }
    }

    public Element Current { get; private set; }

    /// <summary>How many properties were passed so far, whether they were asked for or not.</summary>
    internal int Passed { get; private set; }

    public readonly ElementChildren GetEnumerator() => this;

    public bool MoveNext()
    {
        while (document is not null)
        {
            if (NextItem())
            {
                return true;
            }

            if (next >= end)
            {
                return false;
            }

            var nodes = document.Nodes;
            var at = next;
            next = nodes[at].Next;
            Passed++;
            if (nodes[at].Definition == Node.None || (name is not null && document.Definitions.Elements[nodes[at].Definition].Name != name))
            {
                continue;
            }

            if (among is null || among.Contains(nodes[at].Definition))
            {
                Open(at);
            }
        }

        return false;
    }

    private void Open(int at)
    {
        var nodes = document!.Nodes;
        var other = (nodes[parent].Flags & NodeFlags.HasShadows) == 0 ? -1 : Partner(at);
        var shadow = (nodes[at].Flags & NodeFlags.Shadow) != 0;
        if (shadow && other >= 0)
        {
            return; // comes with its value
        }

        var (value, shadowed) = shadow ? (-1, at) : (at, other);
        (item, itemEnd) = Items(value);
        (partner, partnerEnd) = Items(shadowed);
    }

    private bool NextItem()
    {
        var nodes = document!.Nodes;
        while (item < itemEnd || partner < partnerEnd)
        {
            var value = item < itemEnd ? item : -1;
            var shadow = partner < partnerEnd ? partner : -1;
            item = value < 0 ? item : nodes[value].Next;
            partner = shadow < 0 ? partner : nodes[shadow].Next;
            if (value >= 0 && nodes[value].Kind == JsonKind.Null)
            {
                value = -1;
            }

            if (shadow >= 0 && nodes[shadow].Kind == JsonKind.Null)
            {
                shadow = -1;
            }

            if (value >= 0 || shadow >= 0)
            {
                Current = new Element(document, value, shadow);
                return true;
            }
        }

        return false;
    }

    private readonly (int From, int To) Items(int index)
    {
        if (index < 0)
        {
            return (0, 0);
        }

        ref var node = ref document!.Nodes[index];
        return node.Kind == JsonKind.Array ? (index + 1, node.Next) : (index, node.Next);
    }

    private readonly int Partner(int at)
    {
        var nodes = document!.Nodes;
        for (var i = parent + 1; i < end; i = nodes[i].Next)
        {
            if (i != at && nodes[i].Definition == nodes[at].Definition)
            {
                return i;
            }
        }

        return -1;
    }
}
