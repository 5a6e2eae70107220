using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using Salus.Monitoring.Waveforms;

namespace Salus.Monitoring.Ingest;

/// <summary>The waveforms of the binary form, version 2: the numbers of samples as differences, their scale as decimal numbers.</summary>
internal ref partial struct BinaryTelemetry
{
    /// <summary>The flag of a waveform of which the device is not sure.</summary>
    public const byte QuestionableWaveform = 1;

    private const int MostPlaces = 15;

    // A decimal has room for more than this, and no scale needs as much.
    private const long MostDigits = 1_000_000_000_000_000;

    private uint Count()
    {
        if (at + sizeof(uint) > bytes.Length)
        {
            wrong = "The body ends in the middle of its header; that of version 2 has 16 bytes.";
            return 0;
        }

        at += sizeof(uint);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at - sizeof(uint))..]);
    }

    private void Waveform(DeviceBatch[] devices, int number)
    {
        var begin = at;
        var (device, code, flags) = (Number(), Number(), Number());
        var time = Fixed();
        var period = Number();
        var (origin, factor) = (Decimal(), Decimal());
        var count = Number();
        if (wrong is not null)
        {
            return;
        }

        // Each sample has a byte or more: a count that is not true is found before it is believed.
        if (device >= (ulong)devices.Length || count > (ulong)(bytes.Length - at) || time is < -Most or > Most || flags > QuestionableWaveform)
        {
            (at, wrong) = (begin, device >= (ulong)devices.Length ? $"The waveform is of device {device}; there are {devices.Length}." : $"The waveform has {count} samples from {time} on and the flags {flags}, and {bytes.Length - at} bytes are left.");
            return;
        }

        check.Enter(devices[device], number);
        Waveform(number, code, new SentBlock(time, (long)Math.Min(period, long.MaxValue / WaveformBlock.MostSamples), origin, factor, flags != 0), (int)count);
        check.Leave();
    }

    private void Waveform(int index, ulong code, in SentBlock sent, int count)
    {
        var kept = Math.Min(count, WaveformBlock.MostSamples + 1);
        var lent = ArrayPool<int>.Shared.Rent(kept);
        try
        {
            Numbers(lent, count, kept);
            if (wrong is not null)
            {
                return;
            }

            var signal = code <= (ulong)short.MaxValue ? SignalSet.Default.Find((int)code) : null;
            if (!check.Waveforms.IsTaken(index, signal?.Name ?? code.ToString(CultureInfo.InvariantCulture)))
            {
                return;
            }

            if (signal is null)
            {
                check.Waveforms.Reject(index, code.ToString(CultureInfo.InvariantCulture), Reason.UnknownCode, "There is no waveform of this number.");
                return;
            }

            check.Waveforms.Take(index, signal, sent, lent.AsSpan(0, kept));
        }
        finally
        {
            ArrayPool<int>.Shared.Return(lent);
        }
    }

    // Reads all, and keeps as many as a block may have and one more.
    private void Numbers(int[] into, int count, int kept)
    {
        var value = 0L;
        for (var i = 0; i < count && wrong is null; i++)
        {
            value += Signed(Number());
            if (value is < int.MinValue or > int.MaxValue)
            {
                wrong ??= "A sample is beyond 32 bits.";
            }
            else if (i < kept)
            {
                into[i] = (int)value;
            }
        }
    }

    private decimal Decimal()
    {
        var (digits, places) = (Signed(Number()), Number());
        if (wrong is null && (Math.Abs(digits) > MostDigits || places > MostPlaces))
        {
            wrong = $"A decimal number has at most {MostPlaces} digits and places.";
        }

        return wrong is null ? new decimal(Math.Abs(digits)) * new decimal(1, 0, 0, digits < 0, (byte)places) : 0;
    }
}
