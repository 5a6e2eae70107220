using System.Text.Json;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Models;
using Salus.Monitoring.Scores;

namespace Salus.Monitoring.Monitors;

/// <summary>A state as JSON, the same for routes and live push: times in ISO 8601 UTC, values in the metric's UCUM unit.</summary>
internal static class StateJson
{
    private static readonly (SampleFlags Flag, string Name)[] Flags =
        [(SampleFlags.Implausible, "implausible"), (SampleFlags.ClockSkew, "clock-skew"), (SampleFlags.Questionable, "questionable"), (SampleFlags.Simulated, "simulated")];

    /// <summary>Writes it; null where there is none.</summary>
    /// <param name="now">Milliseconds since 1970 UTC: decides which readings are stale.</param>
    public static void Write(Utf8JsonWriter json, PatientState? state, long now)
    {
        if (state is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteString("patient"u8, state.Patient);
        Time(json, "at"u8, state.At);
        json.WriteStartArray("readings"u8);
        foreach (var reading in state.Readings)
        {
            Write(json, reading, now);
        }

        json.WriteEndArray();
        json.WriteStartArray("scores"u8);
        foreach (var score in state.Scores.All)
        {
            Write(json, score);
        }

        json.WriteEndArray();
        ModelJson.Write(json, state.Models, now);
        Trend(json, state);
        json.WriteEndObject();
    }

    // Each value is of an hour, and the last one ends when the present hour begins.
    private static void Trend(Utf8JsonWriter json, PatientState state)
    {
        if (state.Trend.Count == 0)
        {
            json.WriteNull("trend"u8);
            return;
        }

        json.WriteStartObject("trend"u8);
        json.WriteString("score"u8, "news2"u8);
        Time(json, "until"u8, state.At / News2Trend.Hour * News2Trend.Hour);
        json.WriteStartArray("values"u8);
        foreach (var value in state.Trend)
        {
            if (value is { } known)
            {
                json.WriteNumberValue(known);
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Reading reading, long now)
    {
        json.WriteStartObject();
        json.WriteString("metric"u8, reading.Metric.Name);
        json.WriteString("display"u8, reading.Metric.Display);
        json.WriteString("unit"u8, reading.Metric.Unit.Code);
        json.WriteNumber("value"u8, Thousandths.Amount(reading.Value));
        Time(json, "time"u8, reading.Time);
        json.WriteBoolean("stale"u8, reading.IsStale(now));
        json.WriteStartArray("flags"u8);
        foreach (var (flag, name) in Flags)
        {
            if ((reading.Flags & flag) != 0)
            {
                json.WriteStringValue(name);
            }
        }

        json.WriteEndArray();
        Number(json, "slope"u8, reading.Slope is { } slope ? Thousandths.Amount(slope) : null);
        json.WriteString("device"u8, reading.Device);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Score score)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, score.Name);
        Number(json, "value"u8, score.Value);
        json.WriteBoolean("complete"u8, score.Complete);
        json.WriteString("level"u8, score.Level);
        json.WriteString("note"u8, score.Note);
        json.WriteStartArray("parts"u8);
        foreach (var part in score.Parts)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, part.Name);
            Number(json, "points"u8, part.Points);
            Number(json, "value"u8, part.Amount);
            if (part.Time == 0)
            {
                json.WriteNull("time"u8);
            }
            else
            {
                Time(json, "time"u8, part.Time);
            }

            json.WriteString("why"u8, part.Why);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, ReadOnlySpan<byte> name, decimal? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Time(Utf8JsonWriter json, ReadOnlySpan<byte> name, long time) => json.WriteString(name, DateTimeOffset.FromUnixTimeMilliseconds(time).UtcDateTime);
}
