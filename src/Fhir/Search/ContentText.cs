using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Search;

/// <summary>The strings of a resource, for <c>_content</c>: every string, markdown and code, and the words of the narrative; no ids, addresses, times or binary data.</summary>
internal static class ContentText
{
    // What is found by words is cut long before; see the index.
    private const int Most = 400_000;

    /// <param name="narrative">The words of the narrative, or nothing.</param>
    public static string Of(Element resource, string narrative)
    {
        var document = resource.Document;
        var types = document.Definitions.Types;
        var address = document.Definitions.Type("Reference")?.Find("reference"u8)?.Index ?? Node.None;
        var text = new StringBuilder(narrative, Math.Max(256, narrative.Length + 256));
        for (var i = resource.Index; i < document.Nodes[resource.Index].Next && text.Length < Most; i++)
        {
            ref readonly var node = ref document.Nodes[i];
            if (node.Kind == JsonKind.String && node.Definition != Node.None && node.Definition != address && IsText(types[node.Type]))
            {
                text.Append(' ').Append(Encoding.UTF8.GetString(new Element(document, i, -1).Text));
            }
        }

        return text.ToString();
    }

    private static bool IsText(TypeDefinition type) => type.Name is "string" or "markdown" or "code";
}
