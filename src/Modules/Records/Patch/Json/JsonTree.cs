using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Salus.Fhir.Json;
using Salus.Records.Http;

namespace Salus.Records.Patch.Json;

/// <summary>
/// JSON that can be changed. Numbers stay the text that they were read as (1.50 stays 1.50) and properties keep their order, because a
/// <see cref="JsonNode"/> made from a <see cref="JsonElement"/> writes what that was read from.
/// </summary>
internal static class JsonTree
{
    // One more than resources may have, so that what is too deep is refused by the reader of resources, with a place.
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = ResourceReader.MaxDepth + 8, AllowDuplicateProperties = false };

    /// <exception cref="JsonException">The text is not JSON, or has a property twice in one object.</exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8, Strict);
        return document.RootElement.Clone();
    }

    public static JsonNode? Node(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(element),
        JsonValueKind.Array => JsonArray.Create(element),
        _ => JsonValue.Create(element),
    };

    public static byte[] ToUtf8(JsonNode? node)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = BundleWriter.Encoder }))
        {
            if (node is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                node.WriteTo(writer);
            }
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>How deeply objects and arrays are nested in it: 0 for a scalar.</summary>
    public static int Depth(JsonNode? node) => node switch
    {
        JsonObject all => 1 + all.Select(p => Depth(p.Value)).DefaultIfEmpty(0).Max(),
        JsonArray items => 1 + items.Select(Depth).DefaultIfEmpty(0).Max(),
        _ => 0,
    };
}
