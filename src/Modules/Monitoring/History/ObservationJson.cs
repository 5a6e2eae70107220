using System.Globalization;
using System.Text.Json;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.History;

/// <summary>What all Observations of device data have in common (http://hl7.org/fhir/R4/observation.html).</summary>
internal static class ObservationJson
{
    /// <summary>Everything but the id and the value. Status is preliminary: nobody has looked at it.</summary>
    public static void WriteHead(Utf8JsonWriter writer, Series series, long from, long to)
    {
        writer.WriteString("resourceType"u8, "Observation"u8);
        writer.WriteString("status"u8, "preliminary"u8);
        writer.WriteStartArray("category"u8);
        FhirElements.Concept(writer, "http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs", text: "Vital Signs");
        writer.WriteEndArray();
        writer.WritePropertyName("code"u8);
        FhirElements.Concept(writer, "http://loinc.org", series.Metric.Loinc[0], text: series.Metric.Display);
        FhirElements.Reference(writer, "subject", $"Patient/{series.Patient}");
        writer.WriteStartObject("effectivePeriod"u8);
        writer.WriteString("start"u8, Text(from));
        writer.WriteString("end"u8, Text(to));
        writer.WriteEndObject();
        FhirElements.Reference(writer, "device", $"Device/{series.Device}");
    }

    private static string Text(long time) => UnixTime.Of(time).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
