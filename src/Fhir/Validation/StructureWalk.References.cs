using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Validation;

/// <summary>References (http://hl7.org/fhir/R4/references.html#literal): their form, and the type they point to where it shows.</summary>
internal ref partial struct StructureWalk
{
    /// <summary>How many references of one resource search its contained resources one by one before an index is made: many references to many must not take their product.</summary>
    private const int MostSearches = 16;

    private const string Forms = "Write Type/id (Patient/123), an absolute URL, urn:uuid:..., or #id for a contained resource.";

    private void Reference(int index, ElementDefinition element)
    {
        TypeDefinition? target = null;
        if (Property(index, "reference"u8) is >= 0 and var at && nodes[at].Kind == JsonKind.String)
        {
            var text = Text(at);
            if (text.IsEmpty)
            {
                return; // reported as an empty string
            }

            var fault = text[0] == (byte)'#' ? Local(text[1..], out target) : Literal(text, out target);
            if (fault is not null)
            {
                Report(text[0] == (byte)'#' ? "not-found" : "value", at, $"'{Show(text)}' {fault}");
                return;
            }
        }

        if (target is null && Property(index, "type"u8) is >= 0 and var named && nodes[named].Kind == JsonKind.String)
        {
            target = document.Definitions.Resource(Text(named));
        }

        if (target is not null && Findings is not { Least: > IssueSeverity.Warning } && element.Targets.Count > 0 && !element.Targets.Contains(target.Name))
        {
            // A warning: the reference is readable and kept as it is, and three official R4 examples refer outside their own lists.
            Report("value", index, $"{element} may not refer to a {target.Name}; it may to {string.Join(", ", element.Targets)}.", severity: IssueSeverity.Warning);
        }
    }

    private string? Local(ReadOnlySpan<byte> id, out TypeDefinition? target)
    {
        // A lone # is how a contained resource refers to the one around it.
        var at = id.IsEmpty ? container : ContainedResource(id);
        target = at < 0 ? null : types[nodes[at].Type];
        return at < 0 ? "names no contained resource. Put the resource with that id into contained, or refer to one that is stored: Patient/123." : null;
    }

    private int ContainedResource(ReadOnlySpan<byte> id)
    {
        if (Property(container, "contained"u8) is not (>= 0 and var contained) || nodes[contained].Kind != JsonKind.Array)
        {
            return -1;
        }

        if (++localSearches > MostSearches)
        {
            return (containedIds ??= IndexContained(contained)).GetValueOrDefault(Encoding.UTF8.GetString(id), -1);
        }

        var end = nodes[contained].Next;
        for (var i = contained + 1; i < end; i = nodes[i].Next)
        {
            if (nodes[i].Kind == JsonKind.Object && Property(i, "id"u8) is >= 0 and var own && Text(own).SequenceEqual(id))
            {
                return i;
            }
        }

        return -1;
    }

    private readonly Dictionary<string, int> IndexContained(int contained)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = contained + 1; i < nodes[contained].Next; i = nodes[i].Next)
        {
            if (nodes[i].Kind == JsonKind.Object && Property(i, "id"u8) is >= 0 and var own)
            {
                ids.TryAdd(Encoding.UTF8.GetString(Text(own)), i);
            }
        }

        return ids;
    }

    private readonly string? Literal(ReadOnlySpan<byte> text, out TypeDefinition? target)
    {
        target = null;
        if (!PrimitiveFormat.IsUri(text))
        {
            return "has white space, which no URL has. " + Forms;
        }

        if (text.StartsWith("urn:"u8))
        {
            var well = text.StartsWith("urn:uuid:"u8) ? PrimitiveFormat.IsUuid(text, anyCase: true) : !text.StartsWith("urn:oid:"u8) || PrimitiveFormat.IsOid(text);
            return well ? null : "is not a well-formed urn:uuid or urn:oid. A UUID is 8-4-4-4-12 hexadecimal digits.";
        }

        if (text.IndexOf((byte)'?') is >= 0 and var query && document.Definitions.Resource(text[..query]) is { } asked)
        {
            target = asked;
            return options.ConditionalReferences ? null : "is a conditional reference, which only stands in a transaction. " + Forms;
        }

        if (HasScheme(text))
        {
            target = LastType(text);
            return null;
        }

        return Relative(text, out target) ? null : "is not a reference. " + Forms;
    }

    private static bool HasScheme(ReadOnlySpan<byte> text)
    {
        var colon = text.IndexOf((byte)':');
        return colon > 0 && char.IsAsciiLetter((char)text[0]) && text[..colon].IndexOfAny("/?#"u8) < 0;
    }

    private readonly bool Relative(ReadOnlySpan<byte> text, out TypeDefinition? target)
    {
        target = null;
        var slash = text.IndexOf((byte)'/');
        if (slash <= 0 || (target = document.Definitions.Resource(text[..slash])) is null)
        {
            return false;
        }

        var id = text[(slash + 1)..];
        var rest = id.IndexOf((byte)'/');
        if (rest < 0)
        {
            // A fragment may follow: #id of a resource contained there.
            var fragment = id.IndexOf((byte)'#');
            return PrimitiveFormat.IsId(fragment < 0 ? id : id[..fragment]);
        }

        var version = id[rest..];
        return PrimitiveFormat.IsId(id[..rest]) && version.StartsWith("/_history/"u8) && PrimitiveFormat.IsId(version["/_history/".Length..]);
    }

    /// <summary>The type in <c>https://server/base/Type/id</c>, with or without a version; null when the URL does not look so.</summary>
    private readonly TypeDefinition? LastType(ReadOnlySpan<byte> url)
    {
        if (url.IndexOfAny("?#"u8) is >= 0 and var cut)
        {
            url = url[..cut];
        }

        if (url.IndexOf("/_history/"u8) is >= 0 and var history)
        {
            url = url[..history];
        }

        var slash = url.LastIndexOf((byte)'/');
        if (slash <= 0 || !PrimitiveFormat.IsId(url[(slash + 1)..]))
        {
            return null;
        }

        var before = url[..slash];
        return document.Definitions.Resource(before[(before.LastIndexOf((byte)'/') + 1)..]);
    }

    private static string Show(ReadOnlySpan<byte> text)
    {
        var shown = Encoding.UTF8.GetString(text[..Math.Min(text.Length, 256)]);
        return shown.Length <= 64 ? shown : shown[..64] + "…";
    }
}
