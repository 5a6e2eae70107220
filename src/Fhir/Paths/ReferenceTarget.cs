using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Paths;

/// <summary>Tells the type of the resource that a reference points to from what is written in it; nothing is loaded.</summary>
public static class ReferenceTarget
{
    private static readonly System.Buffers.SearchValues<byte> SchemeLetters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-."u8);

    /// <summary>The target's type of a Reference, canonical or uri element; null when it is not written.</summary>
    internal static TypeDefinition? TypeOf(Element reference)
    {
        Tells(reference, out var type);
        return type;
    }

    /// <summary>
    /// Whether an element says what it points to: by <c>#id</c>, <c>Type/id</c> or a URI (http://hl7.org/fhir/R4/references.html#literal), or, without any
    /// of these, by an identifier or a type. A Reference with a <c>display</c> alone points to nothing.
    /// </summary>
    /// <param name="reference">A Reference, canonical or uri; anything else points to nothing.</param>
    /// <param name="type">The type, when it is written or the element allows only one.</param>
    internal static bool Tells(Element reference, out TypeDefinition? type)
    {
        var text = reference.Kind == JsonKind.Object ? reference.Child("reference"u8) : reference;
        var definitions = reference.Document.Definitions;
        var points = false;
        if (text is { HasValue: true, Kind: JsonKind.String })
        {
            var utf8 = text.Text;
            if (utf8.StartsWith("#"u8))
            {
                var container = ResourceOf.Container(reference);
                type = utf8.Length == 1 ? container.Type : Contained(container, utf8[1..]).Type;
                return true;
            }

            if (Split(utf8, definitions, out type, out _, out _))
            {
                return true;
            }

            points = HasScheme(utf8);
        }
        else
        {
            points = reference.Kind == JsonKind.Object && (reference.Child("identifier"u8).Exists || reference.Child("type"u8).HasValue);
        }

        type = reference.Kind == JsonKind.Object && reference.Child("type"u8) is { HasValue: true } stated ? definitions.Resource(stated.Text)
            : reference.Definition is { Targets: [var only] } ? definitions.Resource(only) : null;
        return points;
    }

    /// <summary>Whether a text of the expression itself could point to a resource outside: <c>Type/id</c>, or a URI.</summary>
    internal static bool IsReference(string text)
    {
        var utf8 = System.Text.Encoding.UTF8.GetBytes(text);
        return HasScheme(utf8) || Split(utf8, FhirDefinitions.R4, out _, out _, out _);
    }

    private static bool HasScheme(ReadOnlySpan<byte> text)
    {
        var colon = text.IndexOf((byte)':');
        return colon > 0 && colon < text.Length - 1 && !text.Contains((byte)' ') && !text[..colon].ContainsAnyExcept(SchemeLetters);
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
    public static Element Local(Element container, string reference) =>
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
