using System.Buffers.Binary;
using System.Text;
using Salus.Kernel;

namespace Salus.Monitoring.Ingest;

/// <summary>Reads samples in the binary form, which docs/modules/monitoring-ingest.md describes to the byte. Values are in thousandths of the metric's unit.</summary>
internal ref partial struct BinaryTelemetry
{
    public const string MediaType = "application/vnd.salus.telemetry";

    /// <summary>Stands for a value that the device could not say.</summary>
    public const int NotANumber = int.MinValue;

    public const byte Version = 1;

    /// <summary>The version with waveforms behind the runs.</summary>
    public const byte WaveformVersion = 2;

    public const byte Simulated = 1;

    private const int HeaderLength = 12;

    // Far beyond what a clock or a value can be, and far from where sums overflow.
    private const long Most = 1L << 60;

    private readonly ReadOnlySpan<byte> bytes;
    private readonly MeasuredMetrics metrics;
    private readonly BatchCheck check;
    private int at;
    private string? wrong;

    private BinaryTelemetry(ReadOnlySpan<byte> bytes, MeasuredMetrics metrics, BatchCheck check)
    {
        this.bytes = bytes;
        this.metrics = metrics;
        this.check = check;
    }

    /// <summary>The first bytes of every body.</summary>
    public static ReadOnlySpan<byte> Magic => "SVT"u8;

    /// <summary>Gives everything to the check; null, or why the whole is not well-formed.</summary>
    public static Failure? Read(ReadOnlySpan<byte> bytes, MeasuredMetrics metrics, BatchCheck check)
    {
        var telemetry = new BinaryTelemetry(bytes, metrics, check);
        telemetry.Whole();
        return telemetry.wrong is null ? null : new Failure(FailureKind.Invalid, "structure", $"At byte {telemetry.at}: {telemetry.wrong} Nothing of the body was stored.");
    }

    private void Whole()
    {
        if (bytes.Length < HeaderLength || !bytes.StartsWith(Magic))
        {
            wrong = "The body begins with the letters SVT and has a header of 12 bytes.";
            return;
        }

        if (bytes[3] is not (Version or WaveformVersion) || (bytes[4] & ~Simulated) != 0 || bytes[5] != 0)
        {
            (at, wrong) = (3, $"Version {bytes[3]} with flags {bytes[4]} and {bytes[5]} is not known here; versions {Version} and {WaveformVersion} have the flags 0 or 1, and 0.");
            return;
        }

        var devices = new DeviceBatch[BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..])];
        var runs = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        at = HeaderLength;
        var waveforms = bytes[3] == WaveformVersion ? Count() : 0;
        for (var i = 0; i < devices.Length && wrong is null; i++)
        {
            devices[i] = Device(bytes[4] == Simulated);
        }

        for (var i = 0; i < runs && wrong is null; i++)
        {
            Run(devices, i);
        }

        for (var i = 0; i < waveforms && wrong is null; i++)
        {
            Waveform(devices, i);
        }

        if (wrong is null && at != bytes.Length)
        {
            wrong = $"{bytes.Length - at} bytes follow the last of {runs} runs and {waveforms} waveforms.";
        }
    }

    private DeviceBatch Device(bool simulated)
    {
        var name = Text();
        var clock = Fixed();
        var patient = Text();
        var bed = Text();
        if (wrong is null && name.IsEmpty)
        {
            wrong = "The name of a device is empty.";
        }

        return wrong is null ? check.Open(name, new Announcement(clock, Said(patient), Said(bed), simulated)) : null!;
    }

    private void Run(DeviceBatch[] devices, int number)
    {
        var start = at;
        var device = Number();
        var code = Number();
        var samples = Number();
        var time = Fixed();
        if (wrong is not null)
        {
            return;
        }

        // Each sample has two bytes or more: a count that is not true is found before it is believed.
        if (device >= (ulong)devices.Length || samples > (ulong)(bytes.Length - at) / 2 || time is < -Most or > Most)
        {
            (at, wrong) = (start, device >= (ulong)devices.Length ? $"The run is of device {device}; there are {devices.Length}." : $"The run has {samples} samples from {time} on, and {bytes.Length - at} bytes are left.");
            return;
        }

        check.Enter(devices[device], number);
        Samples(code, (int)samples, time);
        check.Leave();
    }

    private void Samples(ulong code, int count, long time)
    {
        var metric = metrics.Find(code);
        var value = 0L;
        for (var i = 0; i < count; i++)
        {
            var step = Number();
            var change = Number();
            time += Signed(step >> 1);
            value += Signed(change);
            if (wrong is not null || time is < -Most or > Most || value is < -Most or > Most)
            {
                wrong ??= "A time or value is beyond 2^60.";
                return;
            }

            if (metric is not null && value != NotANumber)
            {
                if (check.IsTaken(i, metric.Code))
                {
                    check.Take(i, metric, time, value, (step & 1) != 0);
                }
            }
            else
            {
                Reject(i, code, metric);
            }
        }
    }

    private readonly void Reject(int index, ulong code, MeasuredMetric? metric)
    {
        var text = metric is null ? Encoding.UTF8.GetBytes($"{code}") : metric.Code;
        if (!check.IsTaken(index, text))
        {
            return;
        }

        if (metric is null)
        {
            check.Reject(index, text, Reason.UnknownCode, "There is no metric of this number.");
        }
        else
        {
            check.Reject(index, text, Reason.NotANumber, "The device says that there is no value.");
        }
    }

    private static string? Said(ReadOnlySpan<byte> text) => text.IsEmpty ? null : Encoding.UTF8.GetString(text);

    private static long Signed(ulong zigzag) => (long)(zigzag >> 1) ^ -(long)(zigzag & 1);

    private ReadOnlySpan<byte> Text()
    {
        if (wrong is not null || at >= bytes.Length || at + 1 + bytes[at] > bytes.Length)
        {
            wrong ??= "The body ends in the middle of a text.";
            return default;
        }

        var text = bytes.Slice(at + 1, bytes[at]);
        at += 1 + text.Length;
        return text;
    }

    private long Fixed()
    {
        if (wrong is not null || at + sizeof(long) > bytes.Length)
        {
            wrong ??= "The body ends in the middle of a time.";
            return 0;
        }

        at += sizeof(long);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes[(at - sizeof(long))..]);
    }

    private ulong Number()
    {
        var number = 0UL;
        for (var shift = 0; shift < 63 && at < bytes.Length; shift += 7)
        {
            var one = bytes[at++];
            number |= (ulong)(one & 0x7F) << shift;
            if (one < 0x80)
            {
                return number;
            }
        }

        wrong ??= at < bytes.Length ? "A number has more than nine bytes." : "The body ends in the middle of a number.";
        return 0;
    }
}
