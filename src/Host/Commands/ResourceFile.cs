using System.Text.Json;
using Salus.Fhir;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Xml;

namespace Salus.Host.Commands;

/// <summary>A resource in a file that a command is given.</summary>
internal static class ResourceFile
{
    /// <summary>Reads JSON, or XML when the name ends with .xml.</summary>
    /// <exception cref="FormatException">It is no R4 resource; the message names the file and the place.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ResourceDocument Read(string path)
    {
        var bytes = InputFile.Read(path);
        ResourceDocument? document;
        Issue? issue;
        var read = path.EndsWith(".xml", StringComparison.OrdinalIgnoreCase)
            ? XmlResourceReader.TryRead(bytes, FhirDefinitions.R4, out document, out issue, anyOrder: true)
            : ResourceReader.TryRead(bytes, FhirDefinitions.R4, out document, out issue);
        return read ? document! : throw new FormatException($"{path}: {issue!.Message}");
    }

    /// <summary>JSON without white space between its parts.</summary>
    public static string OnOneLine(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        using var document = JsonDocument.ParseValue(ref reader);
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            document.RootElement.WriteTo(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
