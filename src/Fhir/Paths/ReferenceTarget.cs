using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Paths;

/// <summary>Tells the type of the resource that a reference points to from what is written in it; nothing is loaded.</summary>
internal static class ReferenceTarget
{
    /// <summary>The target's type of a Reference, canonical or uri element; null when it is not written.</summary>
    internal static TypeDefinition? TypeOf(Element reference)
    {
        var text = reference.Kind == JsonKind.Object ? reference.Child("reference"u8) : reference;
        var definitions = reference.Document.Definitions;
        if (text is { HasValue: true, Kind: JsonKind.String })
        {
            var utf8 = text.Text;
            if (utf8.StartsWith("#"u8))
            {
                return Contained(reference.Document, utf8[1..]);
            }

            if (Split(utf8, definitions, out var type, out _, out _))
            {
                return type;
            }
        }

        if (reference.Kind == JsonKind.Object && reference.Child("type"u8) is { HasValue: true } stated)
        {
            return definitions.Resource(stated.Text);
        }

        return reference.Definition is { Targets: [var only] } ? definitions.Resource(only) : null;
    }

    /// <summary>
    /// Takes <c>Patient/1</c>, <c>Patient/1/_history/2</c> or <c>http://host/base/Patient/1</c> apart.
    /// <paramref name="start"/> is where the type begins: 0 for a relative reference.
    /// </summary>
    internal static bool Split(ReadOnlySpan<byte> text, FhirDefinitions definitions, out TypeDefinition? type, out ReadOnlySpan<byte> id, out int start)
    {
        type = null;
        id = default;
        start = 0;
        var history = text.IndexOf("/_history/"u8);
        if (history >= 0)
        {
            text = text[..history];
        }

        var slash = text.LastIndexOf((byte)'/');
        if (slash <= 0 || slash == text.Length - 1 || text[(slash + 1)..].IndexOfAny((byte)'?', (byte)'#', (byte)'|') >= 0)
        {
            return false;
        }

        start = text[..slash].LastIndexOf((byte)'/') + 1;
        type = definitions.Resource(text[start..slash]);
        id = text[(slash + 1)..];
        return type is not null;
    }

    private static TypeDefinition? Contained(ResourceDocument document, ReadOnlySpan<byte> id)
    {
        foreach (var resource in document.Root.Named("contained"))
        {
            if (resource.Child("id"u8).Text.SequenceEqual(id))
            {
                return resource.Type;
            }
        }

        return null;
    }
}
