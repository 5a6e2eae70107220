using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Salus.Records.Http;

namespace Salus.Records.Terminology.Closures;

/// <summary>Writes what is new in a closure table as the ConceptMap that the specification describes: from each concept to what subsumes it.</summary>
internal static class ClosureWriter
{
    public static byte[] Write(string name, ClosureDelta delta, DateTimeOffset at)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = BundleWriter.Encoder });
        writer.WriteStartObject();
        writer.WriteString("resourceType", "ConceptMap");
        writer.WriteString("version", delta.Version.ToString(CultureInfo.InvariantCulture));
        writer.WriteString("name", name);
        writer.WriteString("status", "active");
        writer.WriteBoolean("experimental", true);
        writer.WriteString("date", at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        if (delta.Links.Count > 0)
        {
            writer.WriteStartArray("group");
            foreach (var group in delta.Links.GroupBy(l => l.System))
            {
                Group(writer, group);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void Group(Utf8JsonWriter writer, IGrouping<string, ClosureLink> group)
    {
        writer.WriteStartObject();
        writer.WriteString("source", group.Key);
        writer.WriteString("target", group.Key);
        writer.WriteStartArray("element");
        foreach (var concept in group.GroupBy(l => l.Code))
        {
            writer.WriteStartObject();
            writer.WriteString("code", concept.Key);
            writer.WriteStartArray("target");
            foreach (var link in concept)
            {
                writer.WriteStartObject();
                writer.WriteString("code", link.Ancestor);
                // R4: "the target concept subsumes the source concept".
                writer.WriteString("equivalence", "subsumes");
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
