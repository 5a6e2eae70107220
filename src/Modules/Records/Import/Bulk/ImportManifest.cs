using System.Buffers;
using System.Text.Json;
using Salus.Kernel;
using Salus.Records.Http;

namespace Salus.Records.Import.Bulk;

/// <summary>
/// The body of $import: a Parameters resource, or the JSON object of the bulk import practice (https://github.com/smart-on-fhir/bulk-import), which is made into one.
/// </summary>
internal static class ImportManifest
{
    /// <summary>The same as a Parameters resource. What is a FHIR resource, or no JSON object, is left as it is.</summary>
    public static Outcome<ReadOnlyMemory<byte>> ToParameters(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind != JsonValueKind.Object || json.RootElement.TryGetProperty("resourceType", out _) ? body : Translate(json.RootElement);
        }
        catch (JsonException)
        {
            // The reader of resources says where.
            return body;
        }
    }

    private static Outcome<ReadOnlyMemory<byte>> Translate(JsonElement manifest)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = BundleWriter.Encoder });
        writer.WriteStartObject();
        writer.WriteString("resourceType", "Parameters");
        writer.WriteStartArray("parameter");
        foreach (var member in manifest.EnumerateObject())
        {
            var failure = member.Name switch
            {
                "inputFormat" or "inputSource" when member.Value.ValueKind == JsonValueKind.String => Text(writer, member.Name, member.Value),
                "storageDetail" when member.Value.ValueKind == JsonValueKind.Object => Parts(writer, member.Name, member.Value, "storageDetail"),
                "input" when member.Value.ValueKind == JsonValueKind.Array => Inputs(writer, member.Value),
                "inputFormat" or "inputSource" or "storageDetail" or "input" => Wrong(member.Name, $"'{member.Name}' is a {member.Value.ValueKind}; the form is {Form}"),
                _ => Wrong(member.Name, $"'{member.Name}' is not known; the form is {Form}"),
            };
            if (failure is not null)
            {
                return failure;
            }
        }

        if (!manifest.TryGetProperty("input", out var inputs) || inputs.GetArrayLength() == 0)
        {
            return Wrong("input", $"There is no input; the form is {Form}");
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return (ReadOnlyMemory<byte>)buffer.WrittenSpan.ToArray();
    }

    private const string Form = """{"inputFormat":"application/fhir+ndjson","inputSource":"https://...","input":[{"type":"Patient","url":"https://..."}]}, or a Parameters resource with the same names.""";

    private static Failure Wrong(string path, string message) => new(FailureKind.Invalid, "structure", message, path);

    private static Failure? Inputs(Utf8JsonWriter writer, JsonElement inputs)
    {
        var number = 0;
        foreach (var input in inputs.EnumerateArray())
        {
            var path = $"input[{number++}]";
            if ((input.ValueKind == JsonValueKind.Object ? Parts(writer, "input", input, path) : Wrong(path, $"{path} is no object with type and url.")) is { } failure)
            {
                return failure;
            }
        }

        return null;
    }

    private static Failure? Parts(Utf8JsonWriter writer, string name, JsonElement parts, string path)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteStartArray("part");
        foreach (var part in parts.EnumerateObject())
        {
            if (part.Value.ValueKind != JsonValueKind.String)
            {
                return Wrong($"{path}.{part.Name}", $"{path}.{part.Name} is no text.");
            }

            Text(writer, part.Name, part.Value);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        return null;
    }

    private static Failure? Text(Utf8JsonWriter writer, string name, JsonElement value)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteString("valueString", value.GetString());
        writer.WriteEndObject();
        return null;
    }
}
