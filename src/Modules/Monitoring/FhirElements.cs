using System.Text.Json;

namespace Salus.Monitoring;

/// <summary>Elements of R4 that several resources of monitoring have (http://hl7.org/fhir/R4/datatypes.html).</summary>
internal static class FhirElements
{
    /// <summary>A CodeableConcept with one coding.</summary>
    public static void Concept(Utf8JsonWriter writer, string system, string code, string? display = null, string? text = null)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("coding"u8);
        writer.WriteStartObject();
        writer.WriteString("system"u8, system);
        writer.WriteString("code"u8, code);
        Optional(writer, "display", display);
        writer.WriteEndObject();
        writer.WriteEndArray();
        Optional(writer, "text", text);
        writer.WriteEndObject();
    }

    /// <param name="to">Type and id.</param>
    public static void Reference(Utf8JsonWriter writer, string name, string to)
    {
        writer.WriteStartObject(name);
        writer.WriteString("reference"u8, to);
        writer.WriteEndObject();
    }

    /// <summary>A Quantity in UCUM.</summary>
    public static void Quantity(Utf8JsonWriter writer, decimal value, string unit)
    {
        writer.WriteStartObject();
        writer.WriteNumber("value"u8, value);
        writer.WriteString("unit"u8, unit);
        writer.WriteString("system"u8, "http://unitsofmeasure.org"u8);
        writer.WriteString("code"u8, unit);
        writer.WriteEndObject();
    }

    /// <param name="resource">Writes one, its braces included.</param>
    public static void Collection<T>(Utf8JsonWriter writer, IReadOnlyList<T> all, Action<Utf8JsonWriter, T> resource)
    {
        writer.WriteStartObject();
        writer.WriteString("resourceType"u8, "Bundle"u8);
        writer.WriteString("type"u8, "collection"u8);
        if (all.Count > 0)
        {
            writer.WriteStartArray("entry"u8);
            foreach (var one in all)
            {
                writer.WriteStartObject();
                writer.WritePropertyName("resource"u8);
                resource(writer, one);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void Optional(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
