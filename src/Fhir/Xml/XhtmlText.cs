using System.Net;
using System.Text.RegularExpressions;
using System.Xml;
using Salus.Fhir.Json;

namespace Salus.Fhir.Xml;

/// <summary>Makes a narrative from JSON, where it is only a string, safe to stand in XML.</summary>
internal static partial class XhtmlText
{
    /// <summary>
    /// The div as it is, when it is well-formed XHTML; otherwise with the namespace it lacks and with numbers for HTML's named characters,
    /// which XML does not have.
    /// </summary>
    internal static string ForXml(string div, Element at)
    {
        if (Problem(div) is null)
        {
            return div;
        }

        var mended = WithoutNamedCharacters(div);
        mended = Bare().Replace(mended, $"$1<div xmlns=\"{XmlNames.Xhtml}\"", 1);
        return Problem(mended) is { } problem
            ? throw new XmlFault($"The narrative is not well-formed XHTML, so it cannot stand in XML: {problem} Ask for JSON.", at.Path)
            : mended;
    }

    /// <summary>HTML's named characters as numbers, which XML has too.</summary>
    internal static string WithoutNamedCharacters(string div) =>
        Named().Replace(div, m => WebUtility.HtmlDecode(m.Value) is { } decoded && decoded != m.Value ? Numbers(decoded) : m.Value);

    private static string? Problem(string div)
    {
        var source = new XmlSource(div);
        try
        {
            source.Reader.Read();
            while (source.Reader.NodeType == XmlNodeType.Whitespace)
            {
                source.Reader.Read();
            }

            // A declaration may stand in front of a document, but not in the middle of one.
            if (source.Reader.NodeType != XmlNodeType.Element)
            {
                return "it does not start with <div>.";
            }

            new XhtmlSlice(source).Read();
            while (source.Reader.Read())
            {
            }

            return null;
        }
        catch (Exception e) when (e is XmlException or XmlFault)
        {
            return e.Message;
        }
    }

    private static string Numbers(string text) => string.Concat(text.EnumerateRunes().Select(r => $"&#{r.Value};"));

    [GeneratedRegex("&(?!(amp|lt|gt|quot|apos);)[A-Za-z][A-Za-z0-9]*;")]
    private static partial Regex Named();

    // The start tag of a div without a namespace of its own.
    [GeneratedRegex("^(\\s*)<div(?![^>]*\\sxmlns\\s*=)(?=[\\s/>])")]
    private static partial Regex Bare();
}
