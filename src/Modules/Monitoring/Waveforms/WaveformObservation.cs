using System.Globalization;
using System.Text.Json;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.Waveforms;

/// <summary>A run as an Observation with SampledData (http://hl7.org/fhir/R4/datatypes.html#SampledData, as in http://hl7.org/fhir/R4/observation-example-sample-data.html): nothing of it is lost but the flags.</summary>
internal static class WaveformObservation
{
    // The code system of IEEE 11073-10101 in R4: http://hl7.org/fhir/R4/mdc.html
    private const string Mdc = "urn:iso:std:iso:11073:10101";

    /// <summary>A Bundle of type collection with an Observation for each run.</summary>
    public static void Write(Utf8JsonWriter writer, string patient, IReadOnlyList<WaveformRun> runs) => FhirElements.Collection(writer, runs, (to, run) => Write(to, patient, run));

    private static void Write(Utf8JsonWriter writer, string patient, WaveformRun run)
    {
        writer.WriteStartObject();
        writer.WriteString("resourceType"u8, "Observation"u8);
        // Nobody has looked at it.
        writer.WriteString("status"u8, "preliminary"u8);
        writer.WriteStartArray("category"u8);
        FhirElements.Concept(writer, "http://terminology.hl7.org/CodeSystem/observation-category", "procedure", "Procedure", "Procedure");
        writer.WriteEndArray();
        writer.WritePropertyName("code"u8);
        FhirElements.Concept(writer, Mdc, run.Signal.Mdc[0].ToString(CultureInfo.InvariantCulture), run.Signal.Reference, run.Signal.Display);
        FhirElements.Reference(writer, "subject", $"Patient/{patient}");
        writer.WriteStartObject("effectivePeriod"u8);
        writer.WriteString("start"u8, Text(run.Start));
        writer.WriteString("end"u8, Text(run.TimeOf(run.Samples.Count - 1)));
        writer.WriteEndObject();
        FhirElements.Reference(writer, "device", $"Device/{run.Device}");
        writer.WriteStartObject("valueSampledData"u8);
        writer.WritePropertyName("origin"u8);
        FhirElements.Quantity(writer, run.Origin, run.Signal.Unit.Code);
        writer.WriteNumber("period"u8, WaveformJson.Period(run));
        writer.WriteNumber("factor"u8, run.Factor);
        writer.WriteNumber("dimensions"u8, 1);
        writer.WriteString("data"u8, WaveformJson.Data(run));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    // Instants of FHIR have room for less than a millisecond.
    private static string Text(long nanoseconds) => DateTime.UnixEpoch.AddTicks(nanoseconds / 100).ToString(nanoseconds % WaveformRun.Millisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss.fff'Z'" : "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
