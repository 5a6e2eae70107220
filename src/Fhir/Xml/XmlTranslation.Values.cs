using System.Buffers;
using System.Text.Json;
using Salus.Fhir.Definitions;

namespace Salus.Fhir.Xml;

internal sealed partial class XmlTranslation
{
    /// <summary>The attributes that FHIR puts on elements; null where one is not there.</summary>
    private readonly record struct ElementAttributes(string? Id, string? Url, string? Value)
    {
        internal void WriteTo(Utf8JsonWriter json)
        {
            if (Id is not null)
            {
                json.WriteString("id"u8, Id);
            }

            if (Url is not null)
            {
                json.WriteString("url"u8, Url);
            }
        }
    }

    /// <summary>A value and, as JSON, its id and extensions; either may be missing.</summary>
    private readonly record struct Primitive(string? Value, byte[]? Shadow);

    internal static bool IsAttribute(TypeDefinition type, ElementDefinition element) =>
        type.Kind != TypeKind.Resource && (element.Name == "id" || (element.Name == "url" && type.Name == "Extension"));

    private ElementAttributes Attributes(TypeDefinition type)
    {
        var read = default(ElementAttributes);
        while (reader.MoveToNextAttribute())
        {
            if (reader.NamespaceURI == XmlNames.Declaration || (reader.NamespaceURI == XmlNames.SchemaInstance && reader.LocalName == "schemaLocation"))
            {
                continue;
            }

            read = (reader.Name, type.Kind) switch
            {
                ("id", not TypeKind.Resource) => read with { Id = reader.Value },
                ("url", _) when type.Name == "Extension" => read with { Url = reader.Value },
                ("value", TypeKind.Primitive) => read with { Value = reader.Value },
                _ => throw Fault(Unknown(type)),
            };
        }

        reader.MoveToElement();
        return read;
    }

    private string Unknown(TypeDefinition type)
    {
        var name = XmlNames.Shorten(reader.Name);
        return name == "id" ? "The id of a resource is an element (<id value=\"...\"/>), not an attribute"
            : name == "value" ? $"{type.Name} has elements and no value of its own: the attribute value is not allowed"
            : $"{type.Name} has no attribute '{name}'";
    }

    private void Primitives(Utf8JsonWriter json, ElementDefinition element, int depth)
    {
        if (!element.IsArray)
        {
            var one = ReadPrimitive(element, depth);
            if (one.Value is not null)
            {
                json.WritePropertyName(element.JsonNameUtf8);
                WriteValue(json, element, one.Value);
            }

            if (one.Shadow is not null)
            {
                json.WritePropertyName("_" + element.JsonName);
                json.WriteRawValue(one.Shadow, skipInputValidation: true);
            }

            return;
        }

        var all = new List<Primitive>();
        for (var more = true; more; more = Another(element))
        {
            all.Add(ReadPrimitive(element, depth));
        }

        WriteArrays(json, element, all);
    }

    // http://hl7.org/fhir/R4/json.html#primitive: two arrays of one length, with null where the other one has something.
    private static void WriteArrays(Utf8JsonWriter json, ElementDefinition element, List<Primitive> all)
    {
        if (all.Exists(p => p.Value is not null))
        {
            json.WriteStartArray(element.JsonNameUtf8);
            all.ForEach(p => WriteValue(json, element, p.Value));
            json.WriteEndArray();
        }

        if (all.Exists(p => p.Shadow is not null))
        {
            json.WriteStartArray("_" + element.JsonName);
            foreach (var (_, shadow) in all)
            {
                json.WriteRawValue(shadow is null ? "null"u8 : shadow, skipInputValidation: true);
            }

            json.WriteEndArray();
        }
    }

    private Primitive ReadPrimitive(ElementDefinition element, int depth)
    {
        InFhirNamespace();
        var attributes = Attributes(element.Type);
        CheckValue(element, attributes.Value);
        if (reader.IsEmptyElement && attributes is { Id: null, Value: not null })
        {
            Advance();
            return new Primitive(attributes.Value, null);
        }

        var place = source.Place();
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            Bound(depth + 1);
            json.WriteStartObject();
            attributes.WriteTo(json);
            Children(json, definitions.Element, depth + 1);
            json.WriteEndObject();
        }

        var shadow = buffer.WrittenCount > 2 ? buffer.WrittenSpan.ToArray() : null; // more than {}
        return attributes.Value is null && shadow is null
            ? throw new XmlFault($"<{element.JsonName}> has neither a value nor extensions {place}.")
            : new Primitive(attributes.Value, shadow);
    }

    private void CheckValue(ElementDefinition element, string? value)
    {
        if (value is null)
        {
            return;
        }

        var right = element.Type.Primitive switch
        {
            PrimitiveKind.Boolean => value is "true" or "false",
            PrimitiveKind.Integer or PrimitiveKind.PositiveInt or PrimitiveKind.UnsignedInt or PrimitiveKind.Decimal => IsNumber(value),
            _ => true,
        };
        if (!right)
        {
            var expected = element.Type.Primitive == PrimitiveKind.Boolean ? "true or false" : "a number such as 12 or -0.50, without white space, '+' or leading zeros";
            throw Fault($"'{XmlNames.Shorten(value)}' is not {expected}");
        }
    }

    private static void WriteValue(Utf8JsonWriter json, ElementDefinition element, string? value)
    {
        switch (element.Type.Primitive)
        {
            case var _ when value is null:
                json.WriteNullValue();
                return;
            // As text, so that 1.50 stays 1.50.
            case PrimitiveKind.Boolean or PrimitiveKind.Integer or PrimitiveKind.PositiveInt or PrimitiveKind.UnsignedInt or PrimitiveKind.Decimal:
                json.WriteRawValue(value, skipInputValidation: true);
                return;
            default:
                json.WriteStringValue(value);
                return;
        }
    }

    /// <summary>The number grammar of JSON, which is the decimal of R4 (http://hl7.org/fhir/R4/datatypes.html#decimal).</summary>
    private static bool IsNumber(ReadOnlySpan<char> text)
    {
        text = text.StartsWith("-") ? text[1..] : text;
        var whole = Digits(ref text);
        if (whole.IsEmpty || (whole.Length > 1 && whole[0] == '0'))
        {
            return false;
        }

        if (text.StartsWith("."))
        {
            text = text[1..];
            if (Digits(ref text).IsEmpty)
            {
                return false;
            }
        }

        if (text.StartsWith("e", StringComparison.OrdinalIgnoreCase))
        {
            text = text.Length > 1 && text[1] is '+' or '-' ? text[2..] : text[1..];
            if (Digits(ref text).IsEmpty)
            {
                return false;
            }
        }

        return text.IsEmpty;
    }

    private static ReadOnlySpan<char> Digits(ref ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        var digits = end < 0 ? text : text[..end];
        text = text[digits.Length..];
        return digits;
    }
}
