using System.Buffers;
using System.Text.Json;
using Salus.Records.Capability;
using Salus.Records.Http;
using Salus.Records.Operations;

namespace Salus.Records.Terminology;

/// <summary><c>/metadata?mode=terminology</c> (http://hl7.org/fhir/R4/terminologycapabilities.html).</summary>
internal sealed class TerminologyCapabilities(OperationSet operations, TimeProvider time)
{
    private readonly DateTimeOffset started = time.GetUtcNow();

    public byte[] Json(string address)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = BundleWriter.Encoder });
        writer.WriteStartObject();
        writer.WriteString("resourceType", "TerminologyCapabilities");
        writer.WriteString("status", "active");
        writer.WriteString("date", started);
        writer.WriteString("kind", "instance");
        writer.WriteStartObject("software");
        writer.WriteString("name", "Salus");
        writer.WriteString("version", CapabilityStatement.Version);
        writer.WriteEndObject();
        writer.WriteStartObject("implementation");
        writer.WriteString("description", "Salus clinical data platform");
        writer.WriteString("url", address);
        writer.WriteEndObject();
        Expansion(writer);
        writer.WriteString("codeSearch", "all");
        Flag(writer, "validateCode", "translations", false);
        Flag(writer, "translation", "needsMap", false);
        Flag(writer, "closure", "translation", false);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private void Expansion(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("expansion");
        writer.WriteBoolean("hierarchical", true);
        writer.WriteBoolean("paging", true);
        writer.WriteBoolean("incomplete", false);
        writer.WriteStartArray("parameter");
        foreach (var parameter in operations.Of("ValueSet").Where(o => o.Name == "expand").SelectMany(o => o.Parameters))
        {
            writer.WriteStartObject();
            writer.WriteString("name", parameter.Name);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("textFilter", "All words of the filter have to begin a word of code, display or designation; case and accents are no difference.");
        writer.WriteEndObject();
    }

    private static void Flag(Utf8JsonWriter writer, string part, string name, bool value)
    {
        writer.WriteStartObject(part);
        writer.WriteBoolean(name, value);
        writer.WriteEndObject();
    }
}
