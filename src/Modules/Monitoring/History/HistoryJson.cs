using System.Text.Json;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.History;

/// <summary>Samples and aggregates in JSON: times in milliseconds since 1970 UTC, values in the metric's unit.</summary>
internal static class HistoryJson
{
    /// <summary>A point is <c>[time, value, flags]</c>.</summary>
    public static void Write(Utf8JsonWriter writer, string patient, HistoryQuestion question, IReadOnlyList<SeriesPoints> all) =>
        Write(writer, patient, question, "raw", all, s => s.Series, s =>
        {
            foreach (var point in s.Points)
            {
                writer.WriteStartArray();
                writer.WriteNumberValue(point.Time);
                writer.WriteNumberValue(Thousandths.Amount(point.Value));
                writer.WriteNumberValue((byte)point.Flags);
                writer.WriteEndArray();
            }
        });

    /// <summary>A point is <c>[time, min, max, mean, count, last]</c>.</summary>
    public static void Write(Utf8JsonWriter writer, string patient, HistoryQuestion question, IReadOnlyList<SeriesAggregates> all) =>
        Write(writer, patient, question, question.Kind!.Name, all, s => s.Series, s =>
        {
            foreach (var part in s.Parts)
            {
                writer.WriteStartArray();
                writer.WriteNumberValue(part.At);
                writer.WriteNumberValue(Thousandths.Amount(part.Min));
                writer.WriteNumberValue(Thousandths.Amount(part.Max));
                writer.WriteNumberValue(Thousandths.Amount((int)decimal.Round(part.Mean)));
                writer.WriteNumberValue(part.Count);
                writer.WriteNumberValue(Thousandths.Amount(part.Last));
                writer.WriteEndArray();
            }
        });

    private static void Write<T>(Utf8JsonWriter writer, string patient, HistoryQuestion question, string resolution, IReadOnlyList<T> all, Func<T, Series> series, Action<T> points)
    {
        writer.WriteStartObject();
        writer.WriteString("patient"u8, patient);
        writer.WriteString("metric"u8, question.Metric.Name);
        writer.WriteString("unit"u8, question.Metric.Unit.Code);
        writer.WriteString("resolution"u8, resolution);
        writer.WriteStartArray("series"u8);
        foreach (var one in all)
        {
            writer.WriteStartObject();
            writer.WriteString("device"u8, series(one).Device);
            writer.WriteStartArray("points"u8);
            points(one);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
