using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Salus.Monitoring.Waveforms;

/// <summary>Waveforms in JSON: times in milliseconds since 1970 UTC, values in the signal's unit.</summary>
internal static class WaveformJson
{
    /// <summary>The samples as they are: <c>data</c> has their numbers, and a value is origin + factor * number.</summary>
    public static void Write(Utf8JsonWriter writer, string patient, WaveformQuestion question, IReadOnlyList<WaveformRun> runs)
    {
        Begin(writer, patient, question);
        foreach (var series in runs.GroupBy(r => (r.Device, r.Signal)))
        {
            Head(writer, series.Key.Device, series.Key.Signal);
            writer.WriteStartArray("runs"u8);
            foreach (var run in series)
            {
                writer.WriteStartObject();
                writer.WriteNumber("start"u8, (decimal)run.Start / WaveformRun.Millisecond);
                writer.WriteNumber("period"u8, Period(run));
                writer.WriteNumber("origin"u8, run.Origin);
                writer.WriteNumber("factor"u8, run.Factor);
                writer.WriteNumber("flags"u8, (byte)run.Flags);
                writer.WriteString("data"u8, Data(run));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        End(writer);
    }

    /// <summary>The outline: a point is <c>[step, lowest, highest]</c>; steps without samples are left out.</summary>
    public static void Write(Utf8JsonWriter writer, string patient, WaveformQuestion question, IReadOnlyList<WaveformOutline> outlines)
    {
        Begin(writer, patient, question);
        foreach (var outline in outlines)
        {
            Head(writer, outline.Device, outline.Signal);
            writer.WriteStartArray("points"u8);
            foreach (var (step, low, high) in outline.Steps)
            {
                writer.WriteStartArray();
                writer.WriteNumberValue(step);
                writer.WriteNumberValue(low);
                writer.WriteNumberValue(high);
                writer.WriteEndArray();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        End(writer);
    }

    /// <summary>Milliseconds from one sample to the next, without zeros at the end.</summary>
    public static decimal Period(WaveformRun run) => (decimal)run.Period / WaveformRun.Millisecond;

    /// <summary>The numbers of the samples with spaces between.</summary>
    public static string Data(WaveformRun run)
    {
        var text = new StringBuilder(run.Samples.Count * 4);
        foreach (var sample in run.Samples)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(text.Length > 0 ? " " : "")}{sample}");
        }

        return text.ToString();
    }

    private static void Begin(Utf8JsonWriter writer, string patient, WaveformQuestion question)
    {
        writer.WriteStartObject();
        writer.WriteString("patient"u8, patient);
        writer.WriteNumber("from"u8, question.From);
        writer.WriteNumber("to"u8, question.To);
        if (question.Width is { } width)
        {
            writer.WriteNumber("width"u8, width);
        }

        writer.WriteStartArray("series"u8);
    }

    private static void Head(Utf8JsonWriter writer, string device, Signal signal)
    {
        writer.WriteStartObject();
        writer.WriteString("code"u8, signal.Name);
        writer.WriteString("display"u8, signal.Display);
        writer.WriteString("unit"u8, signal.Unit.Code);
        writer.WriteString("device"u8, device);
    }

    private static void End(Utf8JsonWriter writer)
    {
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
