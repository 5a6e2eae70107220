using System.Buffers;
using System.Text;
using System.Text.Json;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Monitors;

namespace Salus.Monitoring.Live;

/// <summary>Wards and events as JSON.</summary>
internal static class LiveJson
{
    /// <summary>A ward with the states and open alerts of its patients.</summary>
    public static void Write(Utf8JsonWriter json, Ward ward, Func<string, PatientState?> state, ILookup<string, Alert> alerts, long now)
    {
        json.WriteStartObject();
        WritePlace(json, "ward", ward.Id, ward.Name);
        json.WriteStartArray("beds"u8);
        foreach (var bed in ward.Beds)
        {
            json.WriteStartObject();
            WritePlace(json, "bed", bed.Id, bed.Name);
            json.WritePropertyName("patient"u8);
            Write(json, bed.Patient);
            json.WritePropertyName("state"u8);
            StateJson.Write(json, bed.Patient is { } patient ? state(patient.Id) : null, now);
            Write(json, bed.Patient is { } known ? alerts[known.Id] : []);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The open alerts of a patient, as the property <c>alerts</c>.</summary>
    public static void Write(Utf8JsonWriter json, IEnumerable<Alert> alerts)
    {
        json.WritePropertyName("alerts"u8);
        Alert.Write(json, alerts);
    }

    /// <summary>A Server-Sent Event (https://html.spec.whatwg.org/multipage/server-sent-events.html).</summary>
    /// <param name="id">What a client comes back with; null for an event that changes nothing of that.</param>
    public static ReadOnlyMemory<byte> Event(string name, long? id, Action<Utf8JsonWriter> data)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(Encoding.UTF8.GetBytes($"event: {name}\n{(id is { } known ? $"id: {known}\n" : "")}data: "));
        using (var json = new Utf8JsonWriter(buffer))
        {
            data(json);
        }

        buffer.Write("\n\n"u8);
        return buffer.WrittenMemory;
    }

    /// <summary>What is followed, and why no more; as the property <c>ward</c> or <c>patient</c>.</summary>
    public static void Write(Utf8JsonWriter json, LiveSubject subject, string? why)
    {
        json.WriteStartObject();
        json.WriteString(subject.Kind, subject.Id);
        if (why is not null)
        {
            json.WriteString("reason"u8, why);
        }

        json.WriteEndObject();
    }

    private static void WritePlace(Utf8JsonWriter json, string property, string id, string name)
    {
        json.WriteStartObject(property);
        json.WriteString("id"u8, id);
        json.WriteString("name"u8, name);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, WardPatient? patient)
    {
        if (patient is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteString("id"u8, patient.Id);
        json.WriteString("name"u8, patient.Name);
        json.WriteString("short"u8, patient.Short);
        json.WriteString("birthDate"u8, patient.BirthDate);
        json.WriteString("sex"u8, patient.Sex);
        json.WriteEndObject();
    }
}
