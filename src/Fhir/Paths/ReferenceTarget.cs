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

    /// <summary>
    /// The contained resource, or the entry of a bundle that is the root, that a reference means; nothing when there is none
    /// (http://hl7.org/fhir/R4/bundle.html#references).
    /// </summary>
    internal static Element Inside(PathScope scope, string reference, int position)
    {
        if (!scope.Context.Exists)
        {
            return default;
        }

        var root = scope.Outside.RootResource is { Exists: true } stated ? stated : scope.Context.Document.Root;
        if (reference.StartsWith('#'))
        {
            return reference.Length == 1 ? ResourceOf.Container(scope.Context) : Contained(ResourceOf.Container(scope.Context), reference.AsSpan(1));
        }

        if (root.Type?.Name != "Bundle")
        {
            return default;
        }

        var found = EntryOf(root, reference, out var entries);
        scope.Charge(entries, position);
        return found;
    }

    /// <summary>The resource of a bundle's entry that a reference means; nothing when there is none.</summary>
    internal static Element EntryOf(Element bundle, string reference) => EntryOf(bundle, reference, out _);

    private static Element EntryOf(Element bundle, string reference, out int entries)
    {
        entries = 0;
        foreach (var entry in bundle.Named("entry"))
        {
            entries++;
            if (entry.Child("resource"u8) is { HasValue: true } resource && Means(reference, entry.Child("fullUrl"u8), resource))
            {
                return resource;
            }
        }

        return default;
    }

    /// <summary>The resource contained in another under an id; nothing when there is none.</summary>
    internal static Element ContainedIn(Element container, ReadOnlySpan<char> id) => Contained(container, id);

    // A relative reference means the entry of that type and id; an absolute one the entry with that fullUrl.
    private static bool Means(string reference, Element fullUrl, Element resource)
    {
        if (fullUrl.HasValue && Same(fullUrl, reference))
        {
            return true;
        }

        var slash = reference.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && reference.AsSpan(0, slash).SequenceEqual(resource.Type?.Name) && Same(resource.Child("id"u8), reference.AsSpan(slash + 1));
    }

    private static bool Same(Element element, ReadOnlySpan<char> text)
    {
        var utf8 = element.Text;
        return utf8.Length >= text.Length && utf8.Length <= text.Length * 3 && System.Text.Encoding.UTF8.GetString(utf8).AsSpan().SequenceEqual(text);
    }

    private static Element Contained(Element container, ReadOnlySpan<char> id)
    {
        foreach (var resource in container.Named("contained"))
        {
            if (Same(resource.Child("id"u8), id))
            {
                return resource;
            }
        }

        return default;
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
