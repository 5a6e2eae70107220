using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Validation.Invariants;

/// <summary>
/// Invariant dom-3: a contained resource is referred to from somewhere in the resource around it, or refers to that resource with a lone #.
/// Its published expression compares all with all; this is one pass.
/// </summary>
internal static class ContainedUse
{
    /// <param name="document">Where it stands.</param>
    /// <param name="contained">The array.</param>
    /// <param name="resource">The resource around it.</param>
    /// <param name="findings">Gets what is found.</param>
    internal static void Check(ResourceDocument document, int contained, int resource, Findings findings)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        Fragments(document, resource, used);
        for (var i = contained + 1; i < document.Nodes[contained].Next; i = document.Nodes[i].Next)
        {
            var one = new Element(document, i, -1);
            if (one.Child("id"u8).AsString() is not { } id || used.Contains(id))
            {
                continue; // without an id, the structure says so
            }

            var own = new HashSet<string>(StringComparer.Ordinal);
            Fragments(document, i, own);
            if (!own.Contains(""))
            {
                findings.Add(IssueSeverity.Error, "invariant", i, document, $"dom-3: nothing in the resource refers to the contained {one.Type?.Name} '{id}'. Refer to it as #{id}, or leave it out.");
            }
        }
    }

    /// <summary>What stands behind the # of each reference and URI below a node.</summary>
    private static void Fragments(ResourceDocument document, int from, HashSet<string> found)
    {
        var nodes = document.Nodes;
        var utf8 = document.Utf8.Span;
        for (var i = from; i < nodes[from].Next; i++)
        {
            ref readonly var node = ref nodes[i];
            if (node.Kind == JsonKind.String && node.Length > 0 && utf8[node.Start] == (byte)'#' && node.Definition != Node.None
                && document.Definitions.Elements[node.Definition] is var element
                && (element.Type.Primitive is PrimitiveKind.Uri or PrimitiveKind.Url or PrimitiveKind.Canonical || element.Owner.Name == "Reference"))
            {
                found.Add(Encoding.UTF8.GetString(utf8.Slice(node.Start + 1, node.Length - 1)));
            }
        }
    }
}
