using System.Text;
using Salus.Fhir.Definitions;

namespace Salus.Fhir.Json;

/// <summary>
/// A view of one FHIR element in a <see cref="ResourceDocument"/>: a resource, a complex value, or a primitive with its id and extensions.
/// Arrays never show: each item is an element. The default value is "nothing": <see cref="Exists"/> is false and everything about it is empty.
/// </summary>
public readonly struct Element
{
    private readonly ResourceDocument? document;

    /// <param name="document">Where it stands.</param>
    /// <param name="index">Its node; -1 for a primitive that has extensions but no value.</param>
    /// <param name="shadow">For a primitive: the node of its id and extensions (<c>_birthDate</c>), or -1.</param>
    internal Element(ResourceDocument document, int index, int shadow)
    {
        this.document = document;
        Index = index;
        Shadow = shadow;
    }

    internal int Index { get; }

    internal int Shadow { get; }

    /// <summary>True for the resource that a document holds, false for all in it.</summary>
    public bool IsRoot => document is not null && Index == 0;

    public bool Exists => document is not null;

    public ResourceDocument Document => document ?? throw new InvalidOperationException("There is no element here.");

    /// <summary>True when it has a value of its own: false for nothing, for JSON null, and for a primitive with extensions only.</summary>
    public bool HasValue => document is not null && Index >= 0 && Node.Kind != JsonKind.Null;

    /// <summary>What the JSON value is; Null when there is none.</summary>
    public JsonKind Kind => HasValue ? Node.Kind : JsonKind.Null;

    /// <summary>The element definition; null for the root resource, for items of unknown properties, and for nothing.</summary>
    public ElementDefinition? Definition
    {
        get
        {
            if (document is null)
            {
                return null;
            }

            var definition = document.Nodes[Anchor].Definition;
            return definition == Node.None ? null : document.Definitions.Elements[definition];
        }
    }

    /// <summary>The type of the value; the real type of a nested resource. Null when the specification does not know the element.</summary>
    public TypeDefinition? Type
    {
        get
        {
            if (document is null)
            {
                return null;
            }

            // A shadow's own node has the type Element; the element's type is in its definition.
            var type = Index >= 0 ? document.Nodes[Index].Type : (ushort)(Definition?.Type.Index ?? Node.None);
            return type == Node.None ? null : document.Definitions.Types[type];
        }
    }

    /// <summary>The place for a person, as in <c>Patient.contact[1].gender</c>. Slow: for messages.</summary>
    public string Path => document is null ? "" : ElementPath.Of(document, Anchor);

    /// <summary>The bytes of the value as they stand: of a string what is between the quotes, escapes included; of an object from brace to brace.</summary>
    public ReadOnlySpan<byte> RawUtf8 => HasValue ? Node.RawText(document!.Utf8.Span) : default;

    /// <summary>The text of a string, number or boolean as UTF-8, escapes resolved; empty when there is none. Allocates only for strings with escapes.</summary>
    public ReadOnlySpan<byte> Text => HasValue ? Node.Text(document!.Utf8.Span) : default;

    /// <summary>The text of a string, number or boolean; null when there is no value.</summary>
    public string? AsString() => HasValue ? Encoding.UTF8.GetString(Text) : null;

    /// <summary>The child elements, in document order; of a primitive, its id and extensions.</summary>
    public ElementChildren Children => new(this, null);

    /// <summary>The children of that FHIRPath name; <c>value</c> finds <c>valueQuantity</c>.</summary>
    public ElementChildren Named(string name) => new(this, name);

    /// <summary>The children whose definition is in the set.</summary>
    internal ElementChildren Among(DefinitionSet set) => new(this, null, set);

    /// <summary>The value of the property with that definition; of an array, the array itself (see <see cref="ElementItems"/>). Nothing when it is absent or null.</summary>
    internal Element Property(int definition)
    {
        if (HasValue)
        {
            var nodes = document!.Nodes;
            var end = nodes[Index].Next;
            for (var i = Index + 1; i < end; i = nodes[i].Next)
            {
                if (nodes[i].Definition == definition && (nodes[i].Flags & NodeFlags.Shadow) == 0)
                {
                    return nodes[i].Kind == JsonKind.Null ? default : new Element(document, i, -1);
                }
            }
        }

        return default;
    }

    /// <summary>The items of a <see cref="Property"/>: of an array what is in it, of anything else itself; without nulls and shadows.</summary>
    internal ElementItems Items => new(this);

    /// <summary>The first child with that JSON property name, or nothing.</summary>
    public Element Child(ReadOnlySpan<byte> jsonName)
    {
        foreach (var child in Children)
        {
            if (child.Definition is { } definition && definition.JsonNameUtf8.SequenceEqual(jsonName))
            {
                return child;
            }
        }

        return default;
    }

    private int Anchor => Index >= 0 ? Index : Shadow;

    private ref Node Node => ref document!.Nodes[Index];
}
