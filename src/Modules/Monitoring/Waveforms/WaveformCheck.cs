using System.Globalization;
using System.Text;
using Salus.Fhir.Ucum;
using Salus.Monitoring.Devices;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Ingest;

namespace Salus.Monitoring.Waveforms;

/// <summary>A block as it was sent, before it is checked.</summary>
/// <param name="Start">Milliseconds since 1970 UTC.</param>
/// <param name="Period">Nanoseconds.</param>
/// <param name="Origin">In the unit that it came in.</param>
/// <param name="Factor">In the unit that it came in.</param>
internal readonly record struct SentBlock(long Start, long Period, decimal Origin, decimal Factor, bool Questionable);

/// <summary>Checks the waveforms of one request and gathers those that are good, encoded. For one thread.</summary>
internal sealed class WaveformCheck(BatchCheck check, IngestLimits limits)
{
    // Beyond it no signal goes, and products stay within a decimal.
    private const decimal MostScale = 1_000_000_000m;

    private const string Scale = "origin and factor are JSON numbers up to 1000000000, the factor is not 0: a value is origin + factor * number, in the unit.";

    private readonly List<(DeviceBatch Of, Placement Placement, Signal Signal, WaveformBlock Block)> good = [];

    /// <summary>How many were rejected.</summary>
    public int Rejected { get; private set; }

    /// <summary>Whether the request has any, good or not.</summary>
    public bool Any => good.Count > 0 || Rejected > 0;

    /// <summary>The good ones; what came from a clock that is off is flagged.</summary>
    public IReadOnlyList<(WaveformKey Key, WaveformBlock Block)> Blocks => good.Count == 0 ? [] :
        [.. good.Select(g => (new WaveformKey(check.Tenant, g.Placement.Patient, g.Of.Device!.Id, g.Signal), g.Of.IsClockOff(limits.Now, limits.Tolerance) ? g.Block with { Flags = g.Block.Flags | SampleFlags.ClockSkew } : g.Block))];

    /// <summary>What is told of a block that is too long.</summary>
    public static string TooLong => $"A waveform has at most {WaveformBlock.MostSamples} samples and {WaveformBlock.LongestSpan / 1000} seconds. Send it in parts.";

    /// <summary>What is told of an origin or factor that is none.</summary>
    public static string WrongScale => Scale;

    public void Reject(int index, string code, Reason reason, string message)
    {
        Rejected++;
        check.Reject(index, Encoding.UTF8.GetBytes(code), reason, message, "waveforms");
    }

    /// <summary>False when nothing of the device is taken: the block is rejected for that.</summary>
    public bool IsTaken(int index, string code)
    {
        if (check.Current.Problem is not { } problem)
        {
            return true;
        }

        Reject(index, code, problem.Reason, problem.Message);
        return false;
    }

    /// <summary>A block that was read, in a unit.</summary>
    /// <param name="unit">UCUM; empty for none.</param>
    public void Take(int index, Signal signal, string unit, in SentBlock sent, ReadOnlySpan<int> samples)
    {
        if (unit.Length == 0 && signal.NeedsUnit)
        {
            Reject(index, signal.Name, Reason.NoUnit, $"The waveform has no unit. Send \"unit\": \"{signal.Unit.Code}\", or what converts to it.");
            return;
        }

        if (unit.Length == 0 || unit == signal.Unit.Code)
        {
            Take(index, signal, sent, samples);
            return;
        }

        var conversion = unit.Length > UcumUnit.LongestCode ? UnitConversion.Wrong("The unit is no UCUM code: it is too long.") : UnitConversion.Of(unit, signal.Unit, signal.Name);
        if (conversion.Problem is { } problem)
        {
            Reject(index, signal.Name, Reason.WrongUnit, problem);
        }
        else if (conversion.Convert(sent.Origin) is { } origin && conversion.Convert(sent.Factor) - conversion.Convert(0) is { } factor)
        {
            Take(index, signal, sent with { Origin = origin, Factor = factor }, samples);
        }
        else
        {
            Reject(index, signal.Name, Reason.InvalidScale, Scale);
        }
    }

    /// <summary>The same in the signal's own unit.</summary>
    public void Take(int index, Signal signal, in SentBlock sent, ReadOnlySpan<int> samples)
    {
        var of = check.Current;
        if ((Form(sent, samples) ?? Range(signal, sent, samples) ?? Time(sent, samples.Length) ?? Whose(of, sent, samples.Length)) is { } wrong)
        {
            Reject(index, signal.Name, wrong.Reason, wrong.Message);
            return;
        }

        var flags = (sent.Questionable ? SampleFlags.Questionable : SampleFlags.None) | (of.Said.Simulated ? SampleFlags.Simulated : SampleFlags.None);
        var block = new WaveformBlock(sent.Start, sent.Period, sent.Origin, sent.Factor, flags, samples.Length, WaveformCodec.Write(samples));
        good.Add((of, of.Device!.At(sent.Start)!, signal, block));
        of.Newest = Math.Max(of.Newest, block.Until);
    }

    private static (Reason Reason, string Message)? Form(in SentBlock sent, ReadOnlySpan<int> samples)
    {
        if (samples.IsEmpty)
        {
            return (Reason.Empty, "The waveform has no samples.");
        }

        if (sent.Period is < WaveformBlock.ShortestPeriod or > WaveformBlock.LongestPeriod)
        {
            return (Reason.InvalidScale, "The period is the milliseconds from one sample to the next: 0.1 to 1000, as 4 for 250 a second.");
        }

        if (samples.Length > WaveformBlock.MostSamples || WaveformBlock.UntilOf(0, sent.Period, samples.Length) > WaveformBlock.LongestSpan)
        {
            return (Reason.TooLong, TooLong);
        }

        return sent.Factor == 0 || Math.Abs(sent.Factor) > MostScale || Math.Abs(sent.Origin) > MostScale ? (Reason.InvalidScale, Scale) : null;
    }

    private static (Reason Reason, string Message)? Range(Signal signal, in SentBlock sent, ReadOnlySpan<int> samples)
    {
        var (low, high) = (int.MaxValue, int.MinValue);
        foreach (var sample in samples)
        {
            low = Math.Min(low, sample);
            high = Math.Max(high, sample);
        }

        if (low < -WaveformCodec.Most || high > WaveformCodec.Most)
        {
            return (Reason.Impossible, $"The numbers go from {low} to {high}; a converter of 24 bits gives up to {WaveformCodec.Most}. Send finer steps as a smaller factor.");
        }

        var (a, b) = (sent.Origin + (sent.Factor * low), sent.Origin + (sent.Factor * high));
        return signal.Possible.Has(a) && signal.Possible.Has(b) ? null
            : (Reason.Impossible, string.Create(CultureInfo.InvariantCulture, $"The values go from {Math.Min(a, b)} to {Math.Max(a, b)} {signal.Unit.Code}, beyond what is possible: {signal.Possible.Low} to {signal.Possible.High}. Are unit, origin and factor right?"));
    }

    private (Reason Reason, string Message)? Time(in SentBlock sent, int samples)
    {
        if (sent.Start < limits.OldestWaveform || sent.Start > limits.Latest)
        {
            return sent.Start > limits.Latest ? (Reason.Future, Ahead(sent.Start)) : (Reason.TooOld, $"{RejectionText.Time(sent.Start)} is older than waveforms are kept (Salus:Monitoring:WaveformDays). Times as numbers are milliseconds since 1970.");
        }

        return WaveformBlock.UntilOf(sent.Start, sent.Period, samples) is var until && until > limits.Latest ? (Reason.Future, $"The waveform ends at a time that is ahead: {Ahead(until)}") : null;
    }

    private string Ahead(long time) => $"{RejectionText.Time(time)} is more than {limits.Tolerance / 1000} s ahead of this server's clock, which shows {RejectionText.Time(limits.Now)}. Set the device's clock.";

    private static (Reason Reason, string Message)? Whose(DeviceBatch of, in SentBlock sent, int samples)
    {
        var placement = of.Device!.At(sent.Start);
        var last = WaveformBlock.UntilOf(sent.Start, sent.Period, samples) - 1;
        return placement is null ? (Reason.NoPatient, $"Nobody was on the device at {RejectionText.Time(sent.Start)}. Associate it with a patient (DeviceUseStatement), from that time on.")
            : of.Said.Patient is { } said && said != placement.Patient ? (Reason.OtherPatient, $"The device says another patient than the one who was on it by the record at {RejectionText.Time(sent.Start)}. Correct the DeviceUseStatement, or the device.")
            : !placement.Has(last) ? (Reason.PatientChanged, $"The patient went off the device before the waveform ends, at {RejectionText.Time(placement.Until)}. Send what belongs to each patient as a block of its own.")
            : null;
    }
}
