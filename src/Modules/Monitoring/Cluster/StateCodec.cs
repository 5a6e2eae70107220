using System.Text;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Models;
using Salus.Monitoring.Scores;

namespace Salus.Monitoring.Cluster;

/// <summary>The state of a patient as bytes, from the process that judges to those that show: all of it, so that no process works out what another one has.</summary>
internal static class StateCodec
{
    public static void Write(BinaryWriter writer, PatientState state)
    {
        writer.Write(state.Tenant.Number);
        writer.Write(state.Patient);
        writer.Write(state.At);
        writer.Write7BitEncodedInt(state.Readings.Count);
        foreach (var reading in state.Readings)
        {
            writer.Write(reading.Metric.Number);
            writer.Write(reading.Value);
            writer.Write(reading.Time);
            writer.Write((byte)reading.Flags);
            writer.Write(reading.Device);
            Write(writer, reading.Slope);
            writer.Write(reading.Counts);
        }

        writer.Write7BitEncodedInt(state.Scores.All.Count);
        foreach (var score in state.Scores.All)
        {
            Write(writer, score);
        }

        writer.Write7BitEncodedInt(state.Trend.Count);
        foreach (var value in state.Trend)
        {
            Write(writer, value);
        }

        writer.Write7BitEncodedInt(state.Models.Count);
        foreach (var model in state.Models)
        {
            Write(writer, model);
        }
    }

    /// <exception cref="InvalidDataException">It names a metric that this version does not know.</exception>
    /// <exception cref="EndOfStreamException">It is cut off.</exception>
    public static PatientState Read(BinaryReader reader)
    {
        var (tenant, patient, at) = (new Tenant(reader.ReadInt32()), reader.ReadString(), reader.ReadInt64());
        var readings = new Reading[reader.Read7BitEncodedInt()];
        for (var i = 0; i < readings.Length; i++)
        {
            var number = reader.ReadInt16();
            var metric = MetricSet.Default.Find(number) ?? throw new InvalidDataException($"A state has metric {number}, which is not known.");
            readings[i] = new Reading(metric, reader.ReadInt32(), reader.ReadInt64(), (SampleFlags)reader.ReadByte(), reader.ReadString(), Number(reader)) { Counts = reader.ReadBoolean() };
        }

        var scores = new Score[reader.Read7BitEncodedInt()];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = Score(reader);
        }

        var trend = new int?[reader.Read7BitEncodedInt()];
        for (var i = 0; i < trend.Length; i++)
        {
            trend[i] = Number(reader);
        }

        var models = new ModelReading[reader.Read7BitEncodedInt()];
        for (var i = 0; i < models.Length; i++)
        {
            models[i] = new ModelReading(reader.ReadString(), reader.ReadString(), reader.ReadDecimal(), reader.ReadInt64(), reader.ReadInt64(), Text(reader), reader.ReadString());
        }

        return new PatientState(tenant, patient, at, readings, new ScoreSet(scores)) { Trend = trend, Models = models };
    }

    private static void Write(BinaryWriter writer, Score score)
    {
        writer.Write(score.Name);
        Write(writer, score.Value);
        writer.Write(score.Complete);
        Write(writer, score.Level);
        Write(writer, score.Note);
        writer.Write7BitEncodedInt(score.Parts.Count);
        foreach (var part in score.Parts)
        {
            writer.Write(part.Name);
            Write(writer, part.Points);
            Write(writer, part.Amount);
            writer.Write(part.Time);
            Write(writer, part.Why);
        }
    }

    private static Score Score(BinaryReader reader)
    {
        var (name, value, complete, level, note) = (reader.ReadString(), Amount(reader), reader.ReadBoolean(), Text(reader), Text(reader));
        var parts = new ScorePart[reader.Read7BitEncodedInt()];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = new ScorePart(reader.ReadString(), Number(reader), Amount(reader), reader.ReadInt64(), Text(reader));
        }

        return new Score(name, value, complete, level, parts, note);
    }

    private static void Write(BinaryWriter writer, ModelReading model)
    {
        writer.Write(model.Model);
        writer.Write(model.Version);
        writer.Write(model.Value);
        writer.Write(model.At);
        writer.Write(model.Until);
        Write(writer, model.Explanation);
        writer.Write(model.Inputs);
    }

    private static void Write(BinaryWriter writer, int? value)
    {
        writer.Write(value is not null);
        if (value is { } known)
        {
            writer.Write(known);
        }
    }

    private static void Write(BinaryWriter writer, decimal? value)
    {
        writer.Write(value is not null);
        if (value is { } known)
        {
            writer.Write(known);
        }
    }

    private static void Write(BinaryWriter writer, string? text)
    {
        writer.Write(text is not null);
        if (text is not null)
        {
            writer.Write(text);
        }
    }

    private static int? Number(BinaryReader reader) => reader.ReadBoolean() ? reader.ReadInt32() : null;

    private static decimal? Amount(BinaryReader reader) => reader.ReadBoolean() ? reader.ReadDecimal() : null;

    private static string? Text(BinaryReader reader) => reader.ReadBoolean() ? reader.ReadString() : null;
}
