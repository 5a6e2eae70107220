using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Salus.Monitoring.Ingest;

/// <summary>Makes a body in the binary form: devices first, then their runs. For generators, tests and measurements.</summary>
internal sealed class BinaryTelemetryWriter(bool simulated = false)
{
    private readonly ArrayBufferWriter<byte> devices = new();
    private readonly ArrayBufferWriter<byte> runs = new();
    private readonly ArrayBufferWriter<byte> waveforms = new();
    private int deviceCount;
    private uint runCount;
    private uint waveformCount;

    /// <summary>Adds a device and gives its number.</summary>
    /// <param name="name">Logical id or identifier; at most 255 bytes.</param>
    /// <param name="clock">What its clock shows, milliseconds since 1970 UTC; 0 for not said.</param>
    public int Device(string name, long clock = 0, string patient = "", string bed = "")
    {
        Text(devices, name);
        Fixed(devices, clock);
        Text(devices, patient);
        Text(devices, bed);
        return deviceCount++;
    }

    /// <summary>Adds values of one metric of one device.</summary>
    /// <param name="metric">The metric's number.</param>
    /// <param name="samples">Time in milliseconds since 1970 UTC, value in thousandths of the metric's unit, whether it is questionable.</param>
    public void Run(int device, int metric, ReadOnlySpan<(long Time, int Value, bool Questionable)> samples)
    {
        runCount++;
        Number(runs, (ulong)device);
        Number(runs, (ulong)metric);
        Number(runs, (ulong)samples.Length);
        var (time, value) = (samples.IsEmpty ? 0 : samples[0].Time, 0L);
        Fixed(runs, time);
        foreach (var sample in samples)
        {
            Number(runs, (ZigZag(sample.Time - time) << 1) | (sample.Questionable ? 1u : 0u));
            Number(runs, ZigZag(sample.Value - value));
            (time, value) = (sample.Time, sample.Value);
        }
    }

    /// <summary>Adds a stretch of a signal of one device; the body is of version 2 then.</summary>
    /// <param name="signal">The signal's number.</param>
    /// <param name="start">Milliseconds since 1970 UTC.</param>
    /// <param name="period">Nanoseconds.</param>
    public void Waveform(int device, int signal, long start, long period, decimal origin, decimal factor, ReadOnlySpan<int> samples, bool questionable = false)
    {
        waveformCount++;
        Number(waveforms, (ulong)device);
        Number(waveforms, (ulong)signal);
        Number(waveforms, questionable ? 1u : 0u);
        Fixed(waveforms, start);
        Number(waveforms, (ulong)period);
        Decimal(waveforms, origin);
        Decimal(waveforms, factor);
        Number(waveforms, (ulong)samples.Length);
        var last = 0L;
        foreach (var sample in samples)
        {
            Number(waveforms, ZigZag(sample - last));
            last = sample;
        }
    }

    public byte[] ToArray()
    {
        var header = new byte[waveformCount > 0 ? 16 : 12];
        BinaryTelemetry.Magic.CopyTo(header);
        header[3] = waveformCount > 0 ? BinaryTelemetry.WaveformVersion : BinaryTelemetry.Version;
        header[4] = simulated ? BinaryTelemetry.Simulated : (byte)0;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(6), checked((ushort)deviceCount));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), runCount);
        if (waveformCount > 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), waveformCount);
        }

        return [.. header, .. devices.WrittenSpan, .. runs.WrittenSpan, .. waveforms.WrittenSpan];
    }

    // The digits without the point, and how many are behind it.
    private static void Decimal(ArrayBufferWriter<byte> to, decimal value)
    {
        var places = value.Scale;
        for (var i = 0; i < places; i++)
        {
            value *= 10;
        }

        Number(to, ZigZag((long)value));
        Number(to, places);
    }

    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static void Text(ArrayBufferWriter<byte> to, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        to.Write([checked((byte)bytes.Length)]);
        to.Write(bytes);
    }

    private static void Fixed(ArrayBufferWriter<byte> to, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to.GetSpan(sizeof(long)), value);
        to.Advance(sizeof(long));
    }

    private static void Number(ArrayBufferWriter<byte> to, ulong value)
    {
        var span = to.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[length++] = (byte)(value | 0x80);
        }

        span[length++] = (byte)value;
        to.Advance(length);
    }
}
