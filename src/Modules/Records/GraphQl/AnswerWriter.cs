using System.Buffers;
using System.Text.Json;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Http;

namespace Salus.Records.GraphQl;

/// <summary>Writes the answer. Numbers are written as they are stored.</summary>
internal static class AnswerWriter
{
    /// <summary><c>{"data": ..., "errors": [...]}</c>, errors only where there are some.</summary>
    /// <param name="data">Null for what was not executed.</param>
    public static ReadOnlyMemory<byte> Write(OutObject? data, IReadOnlyList<GraphQlError> errors)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = BundleWriter.Encoder, SkipValidation = true }))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("data"u8);
            Value(writer, data);
            if (errors.Count > 0)
            {
                writer.WriteStartArray("errors"u8);
                foreach (var error in errors)
                {
                    Error(writer, error);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void Error(Utf8JsonWriter writer, GraphQlError error)
    {
        writer.WriteStartObject();
        writer.WriteString("message"u8, error.Message);
        if (error.Line > 0)
        {
            writer.WriteStartArray("locations"u8);
            writer.WriteStartObject();
            writer.WriteNumber("line"u8, error.Line);
            writer.WriteNumber("column"u8, error.Column);
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        if (error.Path is { } path)
        {
            writer.WriteStartArray("path"u8);
            foreach (var step in path.Steps)
            {
                Value(writer, step);
            }

            writer.WriteEndArray();
        }

        writer.WriteStartObject("extensions"u8);
        writer.WritePropertyName("resource"u8);
        OutcomeJson.Write(writer, [new Problem(error.Code, error.Message)]);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Value(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case OutObject inner:
                Object(writer, inner);
                break;
            case OutSlot slot:
                Value(writer, slot.Value);
                break;
            case Element { Kind: JsonKind.String } text:
                writer.WriteStringValue(text.Text);
                break;
            case Element element:
                writer.WriteRawValue(element.RawUtf8, skipInputValidation: true);
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    private static void Object(Utf8JsonWriter writer, OutObject value)
    {
        writer.WriteStartObject();
        foreach (var (key, entry) in value.Entries)
        {
            var values = entry.Values.Where(v => v is not OutSlot { IsFilled: false }).ToList();
            if (!entry.IsList && values.Count == 0)
            {
                continue;
            }

            writer.WritePropertyName(key);
            if (!entry.IsList)
            {
                Value(writer, values[0]);
                continue;
            }

            writer.WriteStartArray();
            values.ForEach(v => Value(writer, v));
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
