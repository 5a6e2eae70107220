using System.Text;
using Salus.Fhir.Definitions;

namespace Salus.Fhir.Json;

/// <summary>Gives every node of a tape its element and type definition, and refuses properties that stand twice.</summary>
internal sealed class Binder(ResourceDocument document)
{
    private readonly Node[] nodes = document.Nodes;
    private readonly FhirDefinitions definitions = document.Definitions;

    /// <summary>Null, or the issue that makes the text unreadable as FHIR.</summary>
    internal Issue? Bind() => BindResource(0);

    private Issue? BindResource(int index)
    {
        var at = FindProperty(index, "resourceType"u8);
        if (at < 0)
        {
            return new Issue(IssueSeverity.Fatal, "structure", "The resourceType is missing. Every resource names its type: \"resourceType\": \"Patient\".", Path(index));
        }

        if (nodes[at].Kind != JsonKind.String || definitions.Resource(Text(at)) is not { } type)
        {
            return new Issue(IssueSeverity.Fatal, "structure", $"'{Shorten(Encoding.UTF8.GetString(Text(at)))}' is not a resource type of FHIR R4.", Path(index));
        }

        return BindObject(index, type);
    }

    private Issue? BindObject(int index, TypeDefinition type)
    {
        nodes[index].Type = (ushort)type.Index;
        var end = nodes[index].Next;
        // Bit per element: value and shadow seen. No R4 type has more than 128 elements once choices are one per type... extensions have 50+.
        Span<byte> seen = stackalloc byte[type.Elements.Length + 1];
        seen.Clear();
        for (var i = index + 1; i < end; i = nodes[i].Next)
        {
            var name = Name(i);
            if (type.Kind == TypeKind.Resource && name.SequenceEqual("resourceType"u8))
            {
                if ((seen[^1]++) != 0)
                {
                    return Twice(i, name);
                }

                continue;
            }

            var shadow = name.Length > 1 && name[0] == (byte)'_';
            var element = type.Find(shadow ? name[1..] : name);
            if (element is null)
            {
                continue;
            }

            var bit = shadow ? (byte)2 : (byte)1;
            if ((seen[element.Position] & bit) != 0)
            {
                return Twice(i, name);
            }

            seen[element.Position] |= bit;
            if (shadow)
            {
                nodes[i].Flags |= NodeFlags.Shadow;
                nodes[index].Flags |= NodeFlags.HasShadows;
            }

            if (BindValue(i, element, shadow) is { } issue)
            {
                return issue;
            }
        }

        return null;
    }

    private Issue? BindValue(int index, ElementDefinition element, bool shadow)
    {
        nodes[index].Definition = (ushort)element.Index;
        nodes[index].Type = (ushort)element.Type.Index;
        switch (nodes[index].Kind)
        {
            case JsonKind.Array:
                var end = nodes[index].Next;
                for (var i = index + 1; i < end; i = nodes[i].Next)
                {
                    // An array in an array is never FHIR: it stays unbound inside, and validation names it.
                    if (nodes[i].Kind == JsonKind.Array)
                    {
                        nodes[i].Definition = (ushort)element.Index;
                        nodes[i].Type = (ushort)element.Type.Index;
                    }
                    else if (BindValue(i, element, shadow) is { } issue)
                    {
                        return issue;
                    }
                }

                return null;
            case JsonKind.Object when shadow:
                return BindObject(index, element.Type.Kind == TypeKind.Primitive ? definitions.Element : element.Type);
            case JsonKind.Object when element.Type is { Kind: TypeKind.Resource }:
                return BindResource(index);
            case JsonKind.Object when element.Type.Kind != TypeKind.Primitive:
                return BindObject(index, element.Type);
            default:
                return null;
        }
    }

    private int FindProperty(int index, ReadOnlySpan<byte> name)
    {
        for (var i = index + 1; i < nodes[index].Next; i = nodes[i].Next)
        {
            if (Name(i).SequenceEqual(name))
            {
                return i;
            }
        }

        return -1;
    }

    private ReadOnlySpan<byte> Name(int index) => nodes[index].Name(document.Utf8.Span);

    private ReadOnlySpan<byte> Text(int index) => nodes[index].Text(document.Utf8.Span);

    private Issue Twice(int index, ReadOnlySpan<byte> name) => new(
        IssueSeverity.Fatal, "structure", $"The property \"{Shorten(Encoding.UTF8.GetString(name))}\" stands twice in one object; only one of them can be meant.", Path(index));

    private string? Path(int index) => ElementPath.Of(document, index);

    private static string Shorten(string text) => text.Length <= 64 ? text : text[..64] + "…";
}
