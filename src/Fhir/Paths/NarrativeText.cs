using System.Collections.Frozen;
using System.Xml;

namespace Salus.Fhir.Paths;

/// <summary>What XHTML a narrative may have (http://hl7.org/fhir/R4/narrative.html#xhtml; invariants txt-1 and txt-2).</summary>
internal static class NarrativeText
{
    internal const string NoContent = "A narrative has a text or an image";
    private const string Xhtml = "http://www.w3.org/1999/xhtml";

    private static readonly FrozenSet<string> Elements = FrozenSet.Create(
        StringComparer.Ordinal,
        "p", "br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "a", "span", "b", "em", "i", "strong", "small", "big", "tt", "dfn", "q", "var", "abbr",
        "acronym", "cite", "blockquote", "hr", "address", "bdo", "kbd", "sub", "sup", "ul", "ol", "li", "dl", "dt", "dd", "pre", "table", "caption",
        "colgroup", "col", "thead", "tr", "tfoot", "tbody", "th", "td", "code", "samp", "img", "map", "area", "ins", "del");

    private static readonly FrozenSet<string> Attributes = FrozenSet.Create(
        StringComparer.Ordinal,
        "title", "style", "class", "id", "lang", "dir", "accesskey", "tabindex", "span", "width", "height", "align", "valign", "char", "charoff", "abbr",
        "axis", "headers", "scope", "rowspan", "colspan", "href", "hreflang", "name", "rel", "rev", "type", "charset", "coords", "shape", "src", "alt",
        "longdesc", "ismap", "usemap", "summary", "border", "frame", "rules", "cellspacing", "cellpadding", "cite", "datetime", "start", "value", "nohref",
        "bgcolor", "nowrap", "compact", "clear", "noshade", "size", "target");

    /// <summary>What is wrong with the text of a div; null when nothing is.</summary>
    internal static string? Problem(string text)
    {
        using var source = new StringReader(text);
        using var reader = XmlReader.Create(source, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersFromEntities = 1024 });
        try
        {
            return Problem(reader);
        }
        catch (XmlException e)
        {
            return e.Message;
        }
    }

    private static string? Problem(XmlReader reader)
    {
        var content = false;
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    content |= reader.LocalName == "img";
                    if ((reader.Depth == 0 ? Root(reader) : Inner(reader)) is { } problem)
                    {
                        return problem;
                    }

                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA:
                    content |= !string.IsNullOrWhiteSpace(reader.Value);
                    break;
                case XmlNodeType.ProcessingInstruction:
                    return "A narrative has no processing instructions";
            }
        }

        return content ? null : NoContent;
    }

    private static string? Root(XmlReader reader) =>
        reader is { LocalName: "div", NamespaceURI: Xhtml } ? ForbiddenAttribute(reader) : $"A narrative is a div of the namespace {Xhtml}";

    private static string? Inner(XmlReader reader) =>
        reader.NamespaceURI == Xhtml && Elements.Contains(reader.LocalName) ? ForbiddenAttribute(reader) : $"A narrative has no <{reader.Name}>";

    private static string? ForbiddenAttribute(XmlReader reader)
    {
        for (var more = reader.MoveToFirstAttribute(); more; more = reader.MoveToNextAttribute())
        {
            var known = reader.Prefix switch
            {
                "" => reader.LocalName == "xmlns" || Attributes.Contains(reader.LocalName),
                "xml" => reader.LocalName is "lang" or "space",
                var other => other == "xmlns",
            };
            if (!known || reader.Value.TrimStart().StartsWith("javascript:", StringComparison.OrdinalIgnoreCase))
            {
                return $"A narrative has no {reader.Name}=\"{reader.Value}\"";
            }
        }

        reader.MoveToElement();
        return null;
    }
}
