using System.Globalization;
using System.Text;

namespace Salus.Fhir.Json;

/// <summary>Walks the strings of a document and collects those that are asked for, each with its place. For one document, once.</summary>
internal sealed class TextWalk
{
    private readonly ResourceDocument document;
    private readonly MarkedElements? marks;
    private readonly byte[] prefix;
    private readonly (int Node, int Ordinal)[] trail = new (int, int)[ResourceReader.MaxDepth + 1];
    private readonly List<MarkedText> found = [];
    private int depth;

    /// <param name="marks">Which elements; null for all.</param>
    /// <param name="prefix">What their text starts with; empty for whatever.</param>
    internal TextWalk(ResourceDocument document, MarkedElements? marks, ReadOnlySpan<byte> prefix)
    {
        this.document = document;
        this.marks = marks;
        this.prefix = prefix.ToArray();
    }

    internal List<MarkedText> Run()
    {
        Visit(0, null, wanted: marks is null);
        return found;
    }

    private void Visit(int index, MarkedElements.Step? at, bool wanted)
    {
        ref readonly var node = ref document.Nodes[index];
        switch (node.Kind)
        {
            case JsonKind.String when wanted:
                Take(index);
                break;
            case JsonKind.Object:
                Properties(index, marks?.Root(document, index) ?? at);
                break;
            case JsonKind.Array:
                for (int item = index + 1, ordinal = 0; item < node.Next; item = document.Nodes[item].Next, ordinal++)
                {
                    Enter(item, ordinal, at, wanted);
                }

                break;
        }
    }

    private void Properties(int index, MarkedElements.Step? at)
    {
        var identifier = marks?.SealedIdentifier(document, index) ?? -1;
        var end = document.Nodes[index].Next;
        for (var child = index + 1; child < end; child = document.Nodes[child].Next)
        {
            ref readonly var node = ref document.Nodes[child];
            // The shadow of a primitive has its id and extensions, which may hold identifiers of their own.
            var step = (node.Flags & NodeFlags.Shadow) == 0 ? at?.Child(node.Definition) : null;
            Enter(child, -1, step, marks is null || step is { IsMarked: true } || child == identifier);
        }
    }

    private void Enter(int index, int ordinal, MarkedElements.Step? at, bool wanted)
    {
        trail[depth++] = (index, ordinal);
        Visit(index, at, wanted);
        depth--;
    }

    private void Take(int index)
    {
        var value = new Element(document, index, -1);
        if (prefix.Length == 0 || value.Text.StartsWith(prefix))
        {
            found.Add(new MarkedText(value, document.Nodes[index].Start, Path()));
        }
    }

    private string Path()
    {
        var path = new StringBuilder(document.Type.Name);
        for (var i = 0; i < depth; i++)
        {
            var (node, ordinal) = trail[i];
            if (ordinal >= 0)
            {
                path.Append(CultureInfo.InvariantCulture, $"[{ordinal}]");
            }
            else
            {
                path.Append('.').Append(Encoding.UTF8.GetString(document.Nodes[node].Name(document.Utf8.Span)));
            }
        }

        return path.ToString();
    }
}
