using System.Text;
using System.Xml;

namespace Salus.Fhir.Xml;

/// <summary>
/// Takes a narrative's div out of a resource as the text that it is there, white space and quotes included. Only a div that depends on
/// namespaces declared outside of it is written anew.
/// </summary>
internal sealed class XhtmlSlice(XmlSource source)
{
    private readonly XmlReader reader = source.Reader;
    private StringBuilder? anew;

    /// <summary>The reader stands on the start tag of the div, and afterwards behind its end tag.</summary>
    internal string Read()
    {
        if (reader is not { LocalName: "div", NamespaceURI: XmlNames.Xhtml })
        {
            throw new XmlFault($"A narrative's content is <div xmlns=\"{XmlNames.Xhtml}\">; <{XmlNames.Shorten(reader.Name)}> here is not in that namespace {source.Place()}.");
        }

        var standsAlone = reader.Prefix.Length == 0 && reader.GetAttribute("xmlns") is not null;
        anew = standsAlone ? null : new StringBuilder();
        var start = source.Offset() - 1;
        var end = Walk();
        reader.Read();
        return anew?.ToString() ?? source.Text[start..end];
    }

    /// <summary>Goes to the end of the div; returns the offset behind it.</summary>
    private int Walk()
    {
        var top = reader.Depth;
        while (true)
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                StartTag(top);
            }
            else
            {
                anew?.Append(reader.NodeType switch
                {
                    XmlNodeType.EndElement => $"</{reader.LocalName}>",
                    XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace => Escape(reader.Value),
                    _ => "",
                });
            }

            if (reader.Depth == top && (reader.IsEmptyElement || reader.NodeType == XmlNodeType.EndElement))
            {
                return TagEnd(source.Text, source.Offset());
            }

            reader.Read();
        }
    }

    private void StartTag(int top)
    {
        if (reader.NamespaceURI != XmlNames.Xhtml || (anew is null && reader.Prefix.Length > 0))
        {
            throw new XmlFault($"<{XmlNames.Shorten(reader.Name)}> in a narrative is not plain XHTML: no prefixes, and no namespace but {XmlNames.Xhtml} {source.Place()}.");
        }

        anew?.Append('<').Append(reader.LocalName).Append(reader.Depth == top ? $" xmlns=\"{XmlNames.Xhtml}\"" : "");
        while (reader.MoveToNextAttribute())
        {
            if (reader.NamespaceURI != XmlNames.Declaration)
            {
                anew?.Append(' ').Append(reader.Name).Append("=\"").Append(Escape(reader.Value)).Append('"');
            }
        }

        reader.MoveToElement();
        anew?.Append(reader.IsEmptyElement ? "/>" : ">");
    }

    // The tag is well-formed: a '>' in an attribute stands between quotes.
    private static int TagEnd(string text, int from)
    {
        var quote = '\0';
        for (var i = from; ; i++)
        {
            var c = text[i];
            if (c == '>' && quote == '\0')
            {
                return i + 1;
            }

            quote = quote == c ? '\0' : quote == '\0' && c is '"' or '\'' ? c : quote;
        }
    }

    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal);
}
