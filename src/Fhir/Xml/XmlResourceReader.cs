using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using System.Xml;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Xml;

/// <summary>
/// Reads FHIR XML (http://hl7.org/fhir/R4/xml.html) into the same <see cref="ResourceDocument"/> that <see cref="ResourceReader"/> makes of JSON:
/// the document's text is the resource as JSON.
/// </summary>
public static class XmlResourceReader
{
    /// <summary>
    /// Reads one resource. False, with one issue that names line and column, when the text is not UTF-8, not well-formed, has a document type,
    /// is nested deeper than <see cref="ResourceReader.MaxDepth"/> as JSON, or has an element, attribute, order, namespace or text that R4 does not know.
    /// Formats, codes and cardinality are left to validation, as they are for JSON. Numbers keep their digits; comments and processing instructions are skipped.
    /// </summary>
    /// <param name="utf8">The XML text.</param>
    /// <param name="definitions">What R4 knows.</param>
    /// <param name="document">The resource.</param>
    /// <param name="issue">Why it cannot be read.</param>
    /// <param name="anyOrder">Take elements that stand in another order than R4's, as files written by hand have them; the order says nothing that would be lost.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> utf8,
        FhirDefinitions definitions,
        [NotNullWhen(true)] out ResourceDocument? document,
        [NotNullWhen(false)] out Issue? issue,
        bool anyOrder = false)
    {
        document = null;
        return TryToJson(utf8.Span, definitions, out var json, out issue, anyOrder) && ResourceReader.TryRead(json, definitions, out document, out issue);
    }

    /// <summary>Translates one resource into compact JSON; fails as <see cref="TryRead"/> does.</summary>
    public static bool TryToJson(
        ReadOnlySpan<byte> utf8, FhirDefinitions definitions, [NotNullWhen(true)] out byte[]? json, [NotNullWhen(false)] out Issue? issue, bool anyOrder = false)
    {
        json = null;
        issue = null;
        if (utf8.StartsWith("\uFEFF"u8))
        {
            utf8 = utf8[3..];
        }

        if (!Utf8.IsValid(utf8))
        {
            issue = XmlFault.Fatal("The text is not valid UTF-8, the only encoding of FHIR XML. Send it encoded as UTF-8.", null);
            return false;
        }

        var translation = new XmlTranslation(Encoding.UTF8.GetString(utf8), definitions, anyOrder);
        try
        {
            json = translation.Run();
            return true;
        }
        catch (XmlFault fault)
        {
            issue = XmlFault.Fatal(fault.Message, translation.Path);
        }
        catch (XmlException e)
        {
            issue = XmlFault.Fatal(Reason(e), translation.Path);
        }

        return false;
    }

    private static string Reason(XmlException e)
    {
        // The framework's message ends with its own copy of the position.
        var end = e.Message.IndexOf(" Line ", StringComparison.Ordinal);
        var reason = (end < 0 ? e.Message : e.Message[..end]).TrimEnd('.', ' ');
        var place = XmlFault.Place(e.LineNumber, e.LinePosition);
        return reason.Contains("DTD", StringComparison.Ordinal)
            ? $"A document type (<!DOCTYPE ...>) is not allowed in FHIR XML; leave it out {place}."
            : $"The text is not well-formed XML: {reason} {place}.";
    }
}
