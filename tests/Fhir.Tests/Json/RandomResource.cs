using System.Globalization;
using System.Text.Json;
using Salus.Fhir.Definitions;

namespace Salus.Fhir.Tests.Json;

/// <summary>A resource of random content that follows the definitions in its names and shapes, written as JSON with random white space.</summary>
/// <param name="seed">Decides everything but the texts.</param>
/// <param name="texts">What strings are taken from.</param>
/// <param name="strict">One type per choice, a div as narrative and no extensions where R4 allows none: what has a form in XML.</param>
internal sealed class RandomResource(int seed, string[] texts, bool strict = false)
{
    private const int MaxDepth = 5;
    private static readonly string[] Decimals = ["0", "-0.0", "1.00", "12345678901234567890.125", "1e3", "-4.5E-7", "0.010"];
    private readonly Random random = new(seed);

    public byte[] Write()
    {
        var types = FhirDefinitions.R4.ResourceTypes;
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = random.Next(2) == 0 }))
        {
            Resource(writer, types[random.Next(types.Count)], 0);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void Resource(Utf8JsonWriter writer, TypeDefinition type, int depth)
    {
        writer.WriteStartObject();
        // The type may stand anywhere.
        var late = random.Next(4) == 0;
        if (!late)
        {
            writer.WriteString("resourceType", type.Name);
        }

        Elements(writer, type, depth);
        if (late)
        {
            writer.WriteString("resourceType", type.Name);
        }

        writer.WriteEndObject();
    }

    private void Elements(Utf8JsonWriter writer, TypeDefinition type, int depth)
    {
        var elements = type.Elements.ToArray().OrderBy(_ => random.Next());
        foreach (var element in (strict ? elements.DistinctBy(e => e.Slot) : elements).Take(random.Next(1, 7)))
        {
            if (element.Type.Kind != TypeKind.Primitive && depth >= MaxDepth)
            {
                continue;
            }

            writer.WritePropertyName(element.JsonName);
            var count = element.IsArray ? random.Next(1, 4) : 1;
            Values(writer, element, count, depth);
            if (element.Type.Kind == TypeKind.Primitive && element.JsonName != "id" && !(strict && element.JsonName is "url" or "div") && depth < MaxDepth && random.Next(3) == 0)
            {
                Shadow(writer, element, count);
            }
        }
    }

    private void Values(Utf8JsonWriter writer, ElementDefinition element, int count, int depth)
    {
        if (element.IsArray)
        {
            writer.WriteStartArray();
        }

        for (var i = 0; i < count; i++)
        {
            Value(writer, element.Type, depth + 1);
        }

        if (element.IsArray)
        {
            writer.WriteEndArray();
        }
    }

    private void Shadow(Utf8JsonWriter writer, ElementDefinition element, int count)
    {
        writer.WritePropertyName("_" + element.JsonName);
        if (element.IsArray)
        {
            writer.WriteStartArray();
        }

        for (var i = 0; i < count; i++)
        {
            if (element.IsArray && i < count - 1 && random.Next(2) == 0)
            {
                writer.WriteNullValue();
                continue;
            }

            writer.WriteStartObject();
            writer.WriteString("id", "s" + i.ToString(CultureInfo.InvariantCulture));
            writer.WriteEndObject();
        }

        if (element.IsArray)
        {
            writer.WriteEndArray();
        }
    }

    private void Value(Utf8JsonWriter writer, TypeDefinition type, int depth)
    {
        if (type.Kind == TypeKind.Resource)
        {
            var types = FhirDefinitions.R4.ResourceTypes;
            Resource(writer, type.IsAbstract ? types[random.Next(types.Count)] : type, depth + 1);
            return;
        }

        if (type.Kind != TypeKind.Primitive)
        {
            writer.WriteStartObject();
            Elements(writer, type, depth + 1);
            writer.WriteEndObject();
            return;
        }

        switch (type.Primitive)
        {
            case PrimitiveKind.Boolean:
                writer.WriteBooleanValue(random.Next(2) == 0);
                break;
            case PrimitiveKind.Integer or PrimitiveKind.PositiveInt or PrimitiveKind.UnsignedInt:
                writer.WriteNumberValue(random.Next());
                break;
            case PrimitiveKind.Decimal:
                writer.WriteRawValue(Decimals[random.Next(Decimals.Length)]);
                break;
            case PrimitiveKind.Xhtml when strict:
                writer.WriteStringValue($"<div xmlns=\"http://www.w3.org/1999/xhtml\">{System.Security.SecurityElement.Escape(Text())}</div>");
                break;
            default:
                writer.WriteStringValue(Text());
                break;
        }
    }

    private string Text() => texts.Length == 0 ? "x" : texts[random.Next(texts.Length)];
}
