using System.Text.Json;

namespace Salus.Monitoring.Models;

/// <summary>Scores of models as JSON, the same in states, lists and alerts: times in ISO 8601 UTC.</summary>
internal static class ModelJson
{
    /// <summary>Of states: with the inputs that moved each most.</summary>
    /// <param name="now">Milliseconds since 1970 UTC: decides which are stale.</param>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<ModelReading> models, long now)
    {
        json.WriteStartArray("models"u8);
        foreach (var model in models)
        {
            json.WriteStartObject();
            WriteFields(json, model, now, model.Leading);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <param name="inputs">JSON.</param>
    public static void WriteFields(Utf8JsonWriter json, ModelReading model, long now, string inputs)
    {
        json.WriteString("name"u8, model.Model);
        json.WriteString("version"u8, model.Version);
        json.WriteNumber("value"u8, model.Value);
        json.WriteString("time"u8, DateTimeOffset.FromUnixTimeMilliseconds(model.At).UtcDateTime);
        json.WriteString("validUntil"u8, DateTimeOffset.FromUnixTimeMilliseconds(model.Until).UtcDateTime);
        json.WriteBoolean("stale"u8, model.IsStale(now));
        json.WriteString("explanation"u8, model.Explanation);
        json.WritePropertyName("inputs"u8);
        json.WriteRawValue(inputs);
    }
}
