using System.Text;
using System.Text.Json;

namespace Salus.Access.Jose;

/// <summary>Reads JSON objects of others so that two readers cannot understand them differently.</summary>
internal static class StrictJson
{
    // RFC 8725, section 2.4: duplicate members are read differently by different parsers.
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The object; null when it is none, has a member twice, is no UTF-8, or is nested more than 8 levels.</summary>
    public static JsonElement? Object(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            _ = Strict.GetCharCount(utf8.Span);
            using var document = JsonDocument.Parse(utf8, Options);
            Touch(document.RootElement);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        // An escaped half of a surrogate pair is no text: InvalidOperationException.
        catch (Exception e) when (e is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A member that is a text; null when it is missing or something else.</summary>
    public static string? Text(this JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // Names and texts are decoded when they are asked for: what cannot be decoded is found here.
    private static void Touch(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in json.EnumerateObject())
                {
                    _ = member.Name;
                    Touch(member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                {
                    Touch(item);
                }

                break;
            case JsonValueKind.String:
                _ = json.GetString();
                break;
            default:
                break;
        }
    }
}
