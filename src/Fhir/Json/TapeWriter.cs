using System.Text;

namespace Salus.Fhir.Json;

/// <summary>Copies a subtree of a tape into new compact bytes and a new tape.</summary>
internal sealed class TapeWriter
{
    private readonly ResourceDocument source;
    private readonly ReferenceMap? map;
    private readonly int root;
    private readonly ushort reference;
    private byte[] bytes;
    private int length;
    private Node[] nodes;
    private int count;

    internal TapeWriter(Element resource, ReferenceMap? map)
    {
        source = resource.Document;
        root = resource.Index;
        this.map = map;
        ref var node = ref source.Nodes[root];
        bytes = new byte[node.Length + 192];
        nodes = new Node[node.Next - root + 8];
        reference = (ushort)(source.Definitions.Type("Reference")?.Find("reference"u8)?.Index ?? Node.None);
    }

    internal ResourceDocument ToDocument() => new(source.Definitions, bytes.AsMemory(0, length), nodes, count);

    internal void WriteCopy() => WriteValue(root, root: true);

    /// <summary>Writes the root with its id and meta; returns the offset of the time stamp.</summary>
    internal int WriteRoot(string id, string version, string stamp)
    {
        var type = source.Definitions.Types[source.Nodes[root].Type];
        var self = Open(root, JsonKind.Object, -1, 0);
        Raw("{\"resourceType\":"u8);
        New("resourceType"u8, Node.None, Node.None, type.Name);
        Raw(",\"id\":"u8);
        NewKnown("id"u8, type, id);
        Raw(",\"meta\":"u8);
        var at = WriteMeta(type, version, stamp);
        ForEachChild(root, child =>
        {
            var name = Name(child);
            if (!name.SequenceEqual("resourceType"u8) && !name.SequenceEqual("id"u8) && !name.SequenceEqual("meta"u8))
            {
                Raw(","u8);
                WriteProperty(child);
            }
        });
        Raw("}"u8);
        Close(self);
        return at;
    }

    private int WriteMeta(Definitions.TypeDefinition type, string version, string stamp)
    {
        var element = type.Find("meta"u8)!;
        var nameAt = length - 6; // "meta": was just written
        var self = Open(-1, JsonKind.Object, nameAt, 4);
        nodes[self].Definition = (ushort)element.Index;
        nodes[self].Type = (ushort)element.Type.Index;
        Raw("{\"versionId\":"u8);
        NewKnown("versionId"u8, element.Type, version);
        Raw(",\"lastUpdated\":"u8);
        NewKnown("lastUpdated"u8, element.Type, stamp);
        var at = length - 1 - stamp.Length;
        var old = Property(root, "meta"u8);
        if (old >= 0 && source.Nodes[old].Kind == JsonKind.Object)
        {
            ForEachChild(old, child =>
            {
                var name = Name(child);
                if (!name.SequenceEqual("versionId"u8) && !name.SequenceEqual("lastUpdated"u8)
                    && !name.SequenceEqual("_versionId"u8) && !name.SequenceEqual("_lastUpdated"u8))
                {
                    nodes[self].Flags |= (source.Nodes[child].Flags & NodeFlags.Shadow) == 0 ? NodeFlags.None : NodeFlags.HasShadows;
                    Raw(","u8);
                    WriteProperty(child);
                }
            });
        }

        Raw("}"u8);
        Close(self);
        return at;
    }

    private void WriteProperty(int index)
    {
        Raw("\""u8);
        var nameAt = length;
        Raw(source.Nodes[index].RawName(source.Utf8.Span));
        Raw("\":"u8);
        WriteValue(index, root: false, nameAt);
    }

    private void WriteValue(int index, bool root, int nameAt = -1)
    {
        ref readonly var from = ref source.Nodes[index];
        var self = Open(index, from.Kind, nameAt, root || nameAt < 0 ? (ushort)0 : from.NameLength);
        switch (from.Kind)
        {
            case JsonKind.Object or JsonKind.Array:
                var isObject = from.Kind == JsonKind.Object;
                Raw(isObject ? "{"u8 : "["u8);
                var first = true;
                for (var i = index + 1; i < source.Nodes[index].Next; i = source.Nodes[i].Next)
                {
                    if (!first)
                    {
                        Raw(","u8);
                    }

                    first = false;
                    if (isObject)
                    {
                        WriteProperty(i);
                    }
                    else
                    {
                        WriteValue(i, root: false);
                    }
                }

                Raw(isObject ? "}"u8 : "]"u8);
                break;
            case JsonKind.String:
                Raw("\""u8);
                nodes[self].Start = length;
                WriteText(self, from);
                nodes[self].Length = length - nodes[self].Start;
                Raw("\""u8);
                nodes[self].Next = count;
                return;
            default:
                Raw(from.RawText(source.Utf8.Span));
                break;
        }

        Close(self);
    }

    private void WriteText(int self, in Node from)
    {
        if (Replacement(from) is { } replaced)
        {
            nodes[self].Flags &= ~NodeFlags.Escaped;
            Raw(replaced);
            return;
        }

        Raw(from.RawText(source.Utf8.Span));
    }

    private byte[]? Replacement(in Node node)
    {
        if (map is null || node.Definition == Node.None || !MayRefer(node))
        {
            return null;
        }

        return map(Encoding.UTF8.GetString(node.Text(source.Utf8.Span))) is { } replaced ? Encoding.UTF8.GetBytes(replaced) : null;
    }

    // http://hl7.org/fhir/R4/http.html#trules: references, and uri and url elements that name an entry of the bundle.
    private bool MayRefer(in Node node)
    {
        if (node.Definition == reference)
        {
            return true;
        }

        var kind = source.Definitions.Elements[node.Definition].Type.Primitive;
        return kind is Definitions.PrimitiveKind.Uri or Definitions.PrimitiveKind.Url or Definitions.PrimitiveKind.Oid or Definitions.PrimitiveKind.Uuid
            && node.Text(source.Utf8.Span).StartsWith("urn:"u8);
    }

    private int Open(int from, JsonKind kind, int nameAt, ushort nameLength)
    {
        if (count == nodes.Length)
        {
            Array.Resize(ref nodes, nodes.Length * 2);
        }

        var self = count++;
        nodes[self] = from >= 0 ? source.Nodes[from] : new Node { Definition = Node.None, Type = Node.None };
        nodes[self].Kind = kind;
        nodes[self].NameStart = nameAt;
        nodes[self].NameLength = nameLength;
        nodes[self].Start = length;
        return self;
    }

    private void Close(int self)
    {
        nodes[self].Length = length - nodes[self].Start;
        nodes[self].Next = count;
    }

    private void NewKnown(ReadOnlySpan<byte> name, Definitions.TypeDefinition owner, string value)
    {
        var element = owner.Find(name)!;
        New(name, (ushort)element.Index, (ushort)element.Type.Index, value);
    }

    // The name was just written as "name": and stands before the current end.
    private void New(ReadOnlySpan<byte> name, ushort definition, ushort type, string value)
    {
        var self = Open(-1, JsonKind.String, length - name.Length - 2, (ushort)name.Length);
        nodes[self].Definition = definition;
        nodes[self].Type = type;
        Raw("\""u8);
        nodes[self].Start = length;
        Raw(Encoding.UTF8.GetBytes(value));
        nodes[self].Length = length - nodes[self].Start;
        nodes[self].Next = count;
        Raw("\""u8);
    }

    private void ForEachChild(int parent, Action<int> action)
    {
        for (var i = parent + 1; i < source.Nodes[parent].Next; i = source.Nodes[i].Next)
        {
            action(i);
        }
    }

    private int Property(int parent, ReadOnlySpan<byte> name)
    {
        for (var i = parent + 1; i < source.Nodes[parent].Next; i = source.Nodes[i].Next)
        {
            if (Name(i).SequenceEqual(name))
            {
                return i;
            }
        }

        return -1;
    }

    private ReadOnlySpan<byte> Name(int index) => source.Nodes[index].Name(source.Utf8.Span);

    private void Raw(ReadOnlySpan<byte> text)
    {
        if (length + text.Length > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, length + text.Length));
        }

        text.CopyTo(bytes.AsSpan(length));
        length += text.Length;
    }
}
