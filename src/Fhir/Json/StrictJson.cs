using System.Text.Json;

namespace Salus.Fhir.Json;

/// <summary>JSON that is read as a tree rather than as a resource: what is not text, or stands there twice, is refused before anybody asks for it.</summary>
public static class StrictJson
{
    /// <param name="utf8">The text; it must stay as it is as long as the document is used.</param>
    /// <param name="maxDepth">The deepest nesting.</param>
    /// <exception cref="JsonException">It is not JSON, has a property twice in one object, or an escape that is half of a character.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, int maxDepth)
    {
        var reader = new Utf8JsonReader(utf8.Span, new JsonReaderOptions { MaxDepth = maxDepth });
        while (reader.Read())
        {
            Surrogates.Check(reader);
        }

        return JsonDocument.Parse(utf8, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = maxDepth });
    }
}
