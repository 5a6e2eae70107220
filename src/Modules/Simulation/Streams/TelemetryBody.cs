using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Salus.Simulation.Streams;

/// <summary>Makes bodies of <c>POST /telemetry</c> from what monitors have gathered, marked as simulated. Its memory is used again: a body is good until the next one. For one thread.</summary>
/// <param name="asJson">Else the binary form.</param>
internal sealed class TelemetryBody(bool asJson)
{
    private const int HeaderLength = 12;
    private const int LongHeaderLength = 16;
    private const byte Version = 1;
    private const byte WithCurves = 2;
    private const byte Simulated = 1;

    private readonly ArrayBufferWriter<byte> buffer = new(64 * 1024);

    /// <param name="clock">What the devices' clocks show, milliseconds since 1970 UTC.</param>
    public ReadOnlyMemory<byte> Write(IReadOnlyList<BedsideMonitor> monitors, long clock)
    {
        buffer.ResetWrittenCount();
        if (asJson)
        {
            WriteJson(monitors, clock);
        }
        else
        {
            WriteBinary(monitors, clock);
        }

        return buffer.WrittenMemory;
    }

    // docs/modules/monitoring-ingest.md describes it to the byte.
    private void WriteBinary(IReadOnlyList<BedsideMonitor> monitors, long clock)
    {
        var (devices, runs, curves) = Sizes(monitors);
        var length = curves > 0 ? LongHeaderLength : HeaderLength;
        var header = buffer.GetSpan(length)[..length];
        header.Clear();
        "SVT"u8.CopyTo(header);
        (header[3], header[4]) = (curves > 0 ? WithCurves : Version, Simulated);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], checked((ushort)devices));
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], runs);
        if (curves > 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header[HeaderLength..], curves);
        }

        buffer.Advance(length);
        foreach (var monitor in monitors)
        {
            if (monitor.Count > 0)
            {
                Text(monitor.Device);
                Fixed(clock);
                Text(monitor.Patient);
                Text("");
            }
        }

        var device = 0UL;
        foreach (var monitor in monitors)
        {
            if (monitor.Count > 0)
            {
                Runs(monitor, device++);
            }
        }

        device = 0;
        foreach (var monitor in monitors)
        {
            if (monitor.Count > 0)
            {
                Curves(monitor, device++);
            }
        }
    }

    private static (int Devices, uint Runs, uint Curves) Sizes(IReadOnlyList<BedsideMonitor> monitors)
    {
        var (devices, runs, curves) = (0, 0u, 0u);
        foreach (var monitor in monitors)
        {
            devices += monitor.Count > 0 ? 1 : 0;
            curves += (uint)monitor.Blocks.Count;
            foreach (var run in monitor.Runs)
            {
                runs += run is { Samples.IsEmpty: false } ? 1u : 0;
            }
        }

        return (devices, runs, curves);
    }

    private void Curves(BedsideMonitor monitor, ulong device)
    {
        foreach (var block in monitor.Blocks)
        {
            var (_, _, factor) = SignalTexts.Of(block.Signal);
            Number(device);
            Number((ulong)block.Signal);
            Number(block.Questionable ? 1u : 0);
            Fixed(block.Start);
            Number((ulong)block.Period * 1_000_000);
            // The origin is 0; of the factor the digits and how many places are behind the point.
            Number(0);
            Number(0);
            Number(ZigZag((long)(factor * 10_000)));
            Number(4);
            Number((ulong)block.Samples.Length);
            var last = 0;
            foreach (var sample in block.Samples)
            {
                Number(ZigZag(sample - last));
                last = sample;
            }
        }
    }

    private void Runs(BedsideMonitor monitor, ulong device)
    {
        for (var metric = 0; metric < monitor.Runs.Length; metric++)
        {
            if (monitor.Runs[metric] is not { Samples: { IsEmpty: false } samples })
            {
                continue;
            }

            Number(device);
            Number((ulong)metric);
            Number((ulong)samples.Length);
            var (time, value) = (samples[0].Time, 0L);
            Fixed(time);
            foreach (var sample in samples)
            {
                Number((ZigZag(sample.Time - time) << 1) | (sample.Questionable ? 1u : 0));
                Number(ZigZag(sample.Thousandths - value));
                (time, value) = (sample.Time, sample.Thousandths);
            }
        }
    }

    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private void Text(string text)
    {
        var span = buffer.GetSpan(1 + Encoding.UTF8.GetMaxByteCount(text.Length));
        var length = Encoding.UTF8.GetBytes(text, span[1..]);
        span[0] = checked((byte)length);
        buffer.Advance(1 + length);
    }

    private void Fixed(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(sizeof(long)), value);
        buffer.Advance(sizeof(long));
    }

    private void Number(ulong value)
    {
        var span = buffer.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[length++] = (byte)(value | 0x80);
        }

        span[length++] = (byte)value;
        buffer.Advance(length);
    }

    private void WriteJson(IReadOnlyList<BedsideMonitor> monitors, long clock)
    {
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartArray("batches"u8);
        foreach (var monitor in monitors)
        {
            if (monitor.Count > 0)
            {
                WriteJson(json, monitor, clock);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteJson(Utf8JsonWriter json, BedsideMonitor monitor, long clock)
    {
        json.WriteStartObject();
        json.WriteString("device"u8, monitor.Device);
        json.WriteNumber("clock"u8, clock);
        json.WriteString("patient"u8, monitor.Patient);
        json.WriteBoolean("simulated"u8, true);
        json.WriteStartArray("samples"u8);
        for (var metric = 0; metric < monitor.Runs.Length; metric++)
        {
            foreach (var sample in monitor.Runs[metric] is { } run ? run.Samples : default)
            {
                json.WriteStartObject();
                json.WriteNumber("time"u8, sample.Time);
                json.WriteString("code"u8, StreamMetrics.Name(metric));
                json.WriteNumber("value"u8, sample.Thousandths / 1000m);
                json.WriteString("unit"u8, StreamMetrics.Unit(metric));
                if (sample.Questionable)
                {
                    json.WriteBoolean("questionable"u8, true);
                }

                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
        if (monitor.Blocks.Count > 0)
        {
            json.WriteStartArray("waveforms"u8);
            foreach (var block in monitor.Blocks)
            {
                WriteJson(json, block);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteJson(Utf8JsonWriter json, SignalBlock block)
    {
        var (name, unit, factor) = SignalTexts.Of(block.Signal);
        json.WriteStartObject();
        json.WriteString("code"u8, name);
        json.WriteNumber("start"u8, block.Start);
        json.WriteNumber("period"u8, block.Period);
        json.WriteNumber("factor"u8, factor);
        json.WriteString("unit"u8, unit);
        json.WriteString("data"u8, string.Join(' ', block.Samples));
        if (block.Questionable)
        {
            json.WriteBoolean("questionable"u8, true);
        }

        json.WriteEndObject();
    }
}
