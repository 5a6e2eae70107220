using System.Globalization;
using System.Text;

namespace Salus.Fhir.Json;

/// <summary>Names the place of a node for people: <c>Patient.contact[1].gender</c>.</summary>
internal static class ElementPath
{
    /// <summary>The path from the root to a node; walks the tape from the start, so it is for messages only.</summary>
    internal static string Of(ResourceDocument document, int index)
    {
        var path = new StringBuilder(RootName(document));
        var at = 0;
        while (at != index)
        {
            var child = at + 1;
            var ordinal = 0;
            while (document.Nodes[child].Next <= index)
            {
                child = document.Nodes[child].Next;
                ordinal++;
            }

            ref var node = ref document.Nodes[child];
            if (node.NameStart >= 0)
            {
                path.Append('.').Append(Encoding.UTF8.GetString(document.Utf8.Span.Slice(node.NameStart, Math.Min((int)node.NameLength, 64))));
            }
            else
            {
                path.Append('[').Append(ordinal.ToString(CultureInfo.InvariantCulture)).Append(']');
            }

            at = child;
        }

        return path.ToString();
    }

    private static string RootName(ResourceDocument document) =>
        document.Nodes[0].Type == Node.None ? "Resource" : document.Definitions.Types[document.Nodes[0].Type].Name;
}
