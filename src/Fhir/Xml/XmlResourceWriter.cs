using System.Diagnostics.CodeAnalysis;
using Salus.Fhir.Json;

namespace Salus.Fhir.Xml;

/// <summary>Writes a resource as FHIR XML (http://hl7.org/fhir/R4/xml.html): UTF-8 with a declaration, elements in the order of the definitions.</summary>
public static class XmlResourceWriter
{
    /// <summary>
    /// Writes a resource, or one inside a bundle, as a document of its own. False, with one issue that names the element, for what XML has no form for:
    /// a property that R4 does not know, an array in an array, a control character, a narrative that is no XHTML. A valid resource has none of these.
    /// </summary>
    /// <param name="resource">The resource element.</param>
    /// <param name="indented">With line ends and two blanks per level; a narrative stays as it is.</param>
    /// <param name="xml">The text as UTF-8.</param>
    /// <param name="issue">Why it cannot be written.</param>
    public static bool TryWrite(Element resource, bool indented, [NotNullWhen(true)] out byte[]? xml, [NotNullWhen(false)] out Issue? issue)
    {
        xml = null;
        issue = null;
        try
        {
            xml = new XmlElementWriter(resource.Document, indented).Write(resource);
            return true;
        }
        catch (XmlFault fault)
        {
            issue = XmlFault.Fatal(fault.Message, fault.Path);
            return false;
        }
    }
}
