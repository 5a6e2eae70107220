using System.Buffers;
using System.Text.Json;

namespace Salus.Monitoring.Alerts;

/// <summary>
/// An alert as resources: a Flag, active while it is open (http://hl7.org/fhir/R4/flag.html), and a Communication that says what was told and when (http://hl7.org/fhir/R4/communication.html).
/// Their ids are made of the alert's, so that writing them again changes nothing but what changed.
/// </summary>
internal static class AlertResources
{
    /// <summary>A transaction that brings the record to the state of the alerts.</summary>
    public static ReadOnlyMemory<byte> Transaction(IReadOnlyList<Alert> alerts)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("resourceType"u8, "Bundle"u8);
            writer.WriteString("type"u8, "transaction"u8);
            writer.WriteStartArray("entry"u8);
            foreach (var alert in alerts)
            {
                Entry(writer, "Flag", alert, WriteFlag);
                Entry(writer, "Communication", alert, WriteCommunication);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>The id of both resources.</summary>
    public static string Id(Alert alert) => $"alert-{alert.Id:N}";

    private static void Entry(Utf8JsonWriter writer, string type, Alert alert, Action<Utf8JsonWriter, Alert> content)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("resource"u8);
        writer.WriteString("resourceType"u8, type);
        writer.WriteString("id"u8, Id(alert));
        content(writer, alert);
        writer.WriteEndObject();
        writer.WriteStartObject("request"u8);
        writer.WriteString("method"u8, "PUT"u8);
        writer.WriteString("url"u8, $"{type}/{Id(alert)}");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteFlag(Utf8JsonWriter writer, Alert alert)
    {
        writer.WriteString("status"u8, alert.ResolvedAt is null ? "active"u8 : "inactive"u8);
        writer.WriteStartArray("category"u8);
        FhirElements.Concept(writer, "http://terminology.hl7.org/CodeSystem/flag-category", "clinical", "Clinical");
        writer.WriteEndArray();
        writer.WriteStartObject("code"u8);
        writer.WriteString("text"u8, alert.Title);
        writer.WriteEndObject();
        FhirElements.Reference(writer, "subject", $"Patient/{alert.Patient}");
        writer.WriteStartObject("period"u8);
        writer.WriteString("start"u8, alert.RaisedAt);
        if (alert.ResolvedAt is { } end)
        {
            // Clocks of devices and of this server meet here; a period never ends before it begins.
            writer.WriteString("end"u8, end < alert.RaisedAt ? alert.RaisedAt : end);
        }

        writer.WriteEndObject();
    }

    private static void WriteCommunication(Utf8JsonWriter writer, Alert alert)
    {
        writer.WriteString("status"u8, alert.ResolvedAt is null && alert.AcknowledgedAt is null ? "in-progress"u8 : "completed"u8);
        writer.WriteStartArray("category"u8);
        FhirElements.Concept(writer, "http://terminology.hl7.org/CodeSystem/communication-category", "alert", "Alert");
        writer.WriteEndArray();
        // http://hl7.org/fhir/R4/valueset-request-priority.html
        writer.WriteString("priority"u8, alert.Priority switch { AlertPriority.High => "stat", AlertPriority.Medium => "urgent", _ => "routine" });
        FhirElements.Reference(writer, "subject", $"Patient/{alert.Patient}");
        writer.WriteStartArray("about"u8);
        writer.WriteStartObject();
        writer.WriteString("reference"u8, $"Flag/{Id(alert)}");
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteString("sent"u8, alert.RaisedAt);
        if (alert.DeliveredAt is { } received)
        {
            writer.WriteString("received"u8, received);
        }

        writer.WriteStartArray("payload"u8);
        Payload(writer, $"{alert.Title}. {WhyText(alert)}");
        if (alert.EscalatedAt is { } escalated)
        {
            Payload(writer, $"Passed on to {alert.EscalatedTo} at {escalated:u}.");
        }

        if (alert.AcknowledgedAt is { } acknowledged)
        {
            Payload(writer, $"Acknowledged at {acknowledged:u} by {alert.AcknowledgedBy}: {alert.Reason}");
        }

        if (alert.ResolvedAt is { } resolved)
        {
            Payload(writer, $"Ended at {resolved:u}.");
        }

        writer.WriteEndArray();
    }

    private static string WhyText(Alert alert)
    {
        using var why = JsonDocument.Parse(alert.Why);
        return why.RootElement.GetProperty("text").GetString()!;
    }

    private static void Payload(Utf8JsonWriter writer, string text)
    {
        writer.WriteStartObject();
        writer.WriteString("contentString"u8, text);
        writer.WriteEndObject();
    }
}
