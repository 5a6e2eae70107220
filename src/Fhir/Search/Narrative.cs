using System.Net;
using System.Text;
using Salus.Fhir.Json;
using Salus.Fhir.Search.Writers;

namespace Salus.Fhir.Search;

/// <summary>The text that a person reads in a resource's narrative (http://hl7.org/fhir/R4/narrative.html).</summary>
public static class Narrative
{
    /// <summary>The words of a narrative's <c>div</c> without its markup; empty when there is none.</summary>
    /// <param name="narrative">The element <c>text</c> of a resource, or nothing.</param>
    public static string Of(Element narrative)
    {
        var div = narrative.Child("div"u8).StringText();
        return div.IsEmpty ? "" : WebUtility.HtmlDecode(WithoutTags(Encoding.UTF8.GetString(div))).Trim();
    }

    // A tag ends a word: <td>one</td><td>two</td> are two.
    private static string WithoutTags(string markup)
    {
        var text = new StringBuilder(markup.Length);
        var quote = '\0';
        var inside = false;
        foreach (var c in markup)
        {
            if (!inside && c != '<')
            {
                text.Append(c);
            }
            else if (!inside)
            {
                inside = true;
                text.Append(' ');
            }
            else if (quote != '\0')
            {
                quote = c == quote ? '\0' : quote;
            }
            else if (c is '"' or '\'')
            {
                quote = c;
            }
            else if (c == '>')
            {
                inside = false;
            }
        }

        return text.ToString();
    }
}
