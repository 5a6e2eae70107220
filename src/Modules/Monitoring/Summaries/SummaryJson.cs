using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Salus.Monitoring.Flow;
using Salus.Monitoring.History;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.Summaries;

/// <summary>An Observation to be stored under its id.</summary>
internal sealed record SummaryEntry(Series Series, string Id, long From, long Period, Aggregate Whole);

/// <summary>The batch that stores Observations of a period, and what its answer says.</summary>
internal static class SummaryJson
{
    /// <param name="period">In milliseconds.</param>
    public static SummaryEntry Entry(Series series, long from, long period, Aggregate whole) => new(
        series, string.Create(CultureInfo.InvariantCulture, $"telemetry-{series.Number}-{period / UnixTime.Minute}-{from / UnixTime.Minute}"), from, period, whole);

    /// <summary>A batch of updates, each of which holds only while there is nothing under its id.</summary>
    public static ReadOnlyMemory<byte> Bundle(IReadOnlyList<SummaryEntry> entries)
    {
        var buffer = new ArrayBufferWriter<byte>(1024 * entries.Count);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("resourceType"u8, "Bundle"u8);
        writer.WriteString("type"u8, "batch"u8);
        writer.WriteStartArray("entry"u8);
        foreach (var entry in entries)
        {
            Write(writer, entry);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>The first entry that was refused for good, and the first that could not be stored now; those that stood there already are neither.</summary>
    public static (string? Refused, string? Unavailable) Refused(ReadOnlyMemory<byte> answer)
    {
        using var json = JsonDocument.Parse(answer);
        string? refused = null;
        foreach (var entry in json.RootElement.GetProperty("entry").EnumerateArray())
        {
            var response = entry.GetProperty("response");
            var status = response.GetProperty("status").GetString()!;
            if (status[0] == '5')
            {
                return (refused, $"answered {status}");
            }

            if (status[0] == '4' && !status.StartsWith("412", StringComparison.Ordinal))
            {
                refused ??= response.TryGetProperty("outcome", out var outcome) ? outcome.GetProperty("issue")[0].GetProperty("diagnostics").GetString() : status;
            }
        }

        return (refused, null);
    }

    private static void Write(Utf8JsonWriter writer, SummaryEntry entry)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("resource"u8);
        ObservationJson.WriteHead(writer, entry.Series, entry.From, entry.From + entry.Period);
        writer.WriteString("id"u8, entry.Id);
        writer.WritePropertyName("valueQuantity"u8);
        FhirElements.Quantity(writer, Thousandths.Amount((int)decimal.Round(entry.Whole.Mean)), entry.Series.Metric.Unit.Code);
        writer.WriteStartObject("method"u8);
        writer.WriteString("text"u8, string.Create(CultureInfo.InvariantCulture, $"Mean of {entry.Whole.Count} values"));
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteStartObject("request"u8);
        writer.WriteString("method"u8, "PUT"u8);
        writer.WriteString("url"u8, $"Observation/{entry.Id}");
        writer.WriteString("ifNoneMatch"u8, "*"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
