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
                var container = ResourceOf.Container(reference);
                return utf8.Length == 1 ? container.Type : Contained(container, utf8[1..]).Type;
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

    /// <summary>
    /// The contained resource, or the entry of the innermost bundle, that a reference means; nothing when there is none
    /// (http://hl7.org/fhir/R4/bundle.html#references). Looked up around the reference, wherever the expression started.
    /// </summary>
    internal static Element Inside(PathScope scope, Element from, string reference, int position)
    {
        // Most resources stand alone: no bundle can be around a reference in them.
        if (!from.Exists || (!reference.StartsWith('#') && from.Document.Type.Name is not ("Bundle" or "Parameters")))
        {
            return default;
        }

        var around = ResourceOf.Around(from);
        scope.Charge(around.Passed / 16, position);
        return reference.StartsWith('#') ? Local(around.Container, reference) : around.Bundle.Exists ? scope.Entries(around.Bundle, position).Find(reference) : default;
    }

    /// <summary>What <c>#id</c> means in a resource, <c>#</c> alone being the resource itself; nothing when there is none.</summary>
    internal static Element Local(Element container, string reference) =>
        reference.Length == 1 ? container : Contained(container, System.Text.Encoding.UTF8.GetBytes(reference, 1, reference.Length - 1));

    private static Element Contained(Element container, ReadOnlySpan<byte> id)
    {
        foreach (var resource in container.Named("contained"))
        {
            if (resource.Child("id"u8).Text.SequenceEqual(id))
            {
                return resource;
            }
        }

        return default;
    }
}
