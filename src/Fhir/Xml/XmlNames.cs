namespace Salus.Fhir.Xml;

internal static class XmlNames
{
    internal const string Fhir = "http://hl7.org/fhir";
    internal const string Xhtml = "http://www.w3.org/1999/xhtml";
    internal const string Declaration = "http://www.w3.org/2000/xmlns/";
    internal const string SchemaInstance = "http://www.w3.org/2001/XMLSchema-instance";

    internal static string Shorten(string text) => text.Length <= 64 ? text : text[..64] + "…";
}
