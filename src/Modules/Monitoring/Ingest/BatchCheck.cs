using System.Buffers;
using System.Text;
using Salus.Kernel;
using Salus.Monitoring.Devices;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Waveforms;

namespace Salus.Monitoring.Ingest;

/// <summary>Checks the samples of one request, whichever form it has, and gathers those that are good. For one thread.</summary>
internal sealed class BatchCheck : IDisposable
{
    /// <summary>The most rejections that an answer lists.</summary>
    public const int MostListed = 100;

    private readonly DeviceIndex devices;
    private readonly Caller caller;
    private readonly IngestLimits limits;
    private readonly List<(int From, int To, DeviceBatch Of)> stretches = [];
    private readonly List<(Placement Placement, MeasuredMetric Metric, DeviceBatch Of)> pending = [];
    private readonly Dictionary<(Placement, int), int> pendingNumbers = [];
    private Sample[] samples = ArrayPool<Sample>.Shared.Rent(256);
    private DeviceBatch current = null!;
    private int batch;
    private int from;
    private int count;

    public BatchCheck(DeviceIndex devices, Caller caller, IngestLimits limits)
    {
        (this.devices, this.caller, this.limits) = (devices, caller, limits);
        Waveforms = new WaveformCheck(this, limits);
    }

    public Tenant Tenant => caller.Tenant;

    /// <summary>Whose samples or waveforms come.</summary>
    public DeviceBatch Current => current;

    /// <summary>What becomes of the waveforms of the request.</summary>
    public WaveformCheck Waveforms { get; }

    /// <summary>The devices of the request, in its order.</summary>
    public List<DeviceBatch> Devices { get; } = [];

    /// <summary>The first rejections.</summary>
    public List<Rejection> Listed { get; } = [];

    /// <summary>Samples and waveforms that were rejected.</summary>
    public int Rejected { get; private set; }

    /// <summary>Whether something was rejected for what the registry says, or does not say yet.</summary>
    public bool AsksForRegistry { get; private set; }

    /// <summary>The good ones. Valid until it is disposed.</summary>
    public ReadOnlyMemory<Sample> Samples => samples.AsMemory(0, count);

    /// <summary>Finds the device that samples are of.</summary>
    /// <param name="name">As it was sent, UTF-8.</param>
    public DeviceBatch Open(ReadOnlySpan<byte> name, Announcement said)
    {
        Span<char> text = stackalloc char[256];
        var length = name.Length <= text.Length ? Encoding.UTF8.GetChars(name, text) : 0;
        var found = length > 0 ? devices.Find(caller.Tenant, text[..length]) : default;
        var device = found.Length > 0 ? found[0] : null;
        var problem = DeviceProblem.Of(found, said, caller);
        // Of which of several it is, nobody knows.
        var known = problem?.Reason == Reason.AmbiguousDevice ? null : device;
        var opened = new DeviceBatch(known?.Id ?? Encoding.UTF8.GetString(name[..Math.Min(name.Length, 200)]).Replace('\0', '\uFFFD'), known, said) { Problem = problem };
        Devices.Add(opened);
        return opened;
    }

    /// <summary>The samples that follow are of this device.</summary>
    /// <param name="number">Which batch or run of the request, from 0.</param>
    public void Enter(DeviceBatch device, int number) => (current, batch, from) = (device, number, count);

    /// <summary>The samples of a batch or run are through.</summary>
    public void Leave()
    {
        if (count > from)
        {
            stretches.Add((from, count, current));
        }
    }

    /// <summary>False when nothing of the device is taken: the sample is rejected for that.</summary>
    public bool IsTaken(int index, ReadOnlySpan<byte> code)
    {
        if (current.Problem is not { } problem)
        {
            return true;
        }

        Reject(index, code, problem.Reason, problem.Message);
        return false;
    }

    /// <summary>A sample that was read: its value in thousandths of the metric's unit.</summary>
    public void Take(int index, MeasuredMetric metric, long time, long thousandths, bool questionable)
    {
        if (!metric.IsPossible(thousandths))
        {
            Reject(index, metric, Reason.Impossible, thousandths);
            return;
        }

        if (time > limits.Latest || time < limits.Oldest)
        {
            Reject(index, metric, time > limits.Latest ? Reason.Future : Reason.TooOld, time);
            return;
        }

        var placement = current.Placement is { } last && last.Has(time) ? last : current.Placement = current.Device!.At(time);
        if (placement is null || (current.Said.Patient is { } said && said != placement.Patient))
        {
            Reject(index, metric, placement is null ? Reason.NoPatient : Reason.OtherPatient, time);
            return;
        }

        var flags = (metric.IsPlausible(thousandths) ? SampleFlags.None : SampleFlags.Implausible) | (questionable ? SampleFlags.Questionable : SampleFlags.None)
            | (current.Said.Simulated ? SampleFlags.Simulated : SampleFlags.None);
        Add(new Sample(placement.Series(metric.Number) is > 0 and var series ? series : Pending(placement, metric), time, (int)thousandths, flags), metric.Number);
    }

    /// <summary>How values in a unit become values of a metric: without a unit, as the DeviceMetric says. Null when nothing says it.</summary>
    /// <param name="unit">UCUM, as UTF-8; empty for none.</param>
    public UnitConversion? Conversion(MeasuredMetric metric, ReadOnlySpan<byte> unit) => !unit.IsEmpty ? metric.From(unit)
        : current.Device!.Units.TryGetValue(metric.Metric, out var known) ? metric.From(Encoding.UTF8.GetBytes(known))
        : metric.NeedsUnit ? null : UnitConversion.None;

    public void RejectUnit(int index, MeasuredMetric metric, ReadOnlySpan<byte> unit)
    {
        var problem = Conversion(metric, unit)?.Problem;
        Reject(index, metric.Code, problem is null ? Reason.NoUnit : Reason.WrongUnit, problem
            ?? $"The value has no unit, and no DeviceMetric of the device says which one it means. Send \"unit\": \"{metric.Metric.Unit.Code}\".");
    }

    /// <summary>Whether somebody will see the message of one more rejection.</summary>
    public bool IsRead(Reason reason) => Listed.Count < MostListed || current.Rejected(reason) < limits.Examples;

    /// <param name="array">The array that the index is of; null for samples.</param>
    public void Reject(int index, ReadOnlySpan<byte> code, Reason reason, string message, string? array = null)
    {
        Rejected++;
        AsksForRegistry |= reason.IsOfRegistry();
        var number = current.AddRejected(reason);
        if (Listed.Count >= MostListed && number > limits.Examples)
        {
            return;
        }

        var rejection = new Rejection(batch, index, current.Name, Encoding.UTF8.GetString(code[..Math.Min(code.Length, 100)]), reason, message, array);
        if (Listed.Count < MostListed)
        {
            Listed.Add(rejection);
        }

        if (number <= limits.Examples)
        {
            current.AddExample(rejection);
        }
    }

    /// <summary>All was read: asks for the series that are not known yet, and flags what came from a clock that is off.</summary>
    /// <param name="seriesOf">Gives series in the order of their keys.</param>
    public async ValueTask FinishAsync(Func<IReadOnlyList<SeriesKey>, CancellationToken, ValueTask<IReadOnlyList<Series>>> seriesOf, CancellationToken ct)
    {
        foreach (var (start, end, of) in stretches)
        {
            if (of.IsClockOff(limits.Now, limits.Tolerance))
            {
                Flag(start, end);
            }
        }

        if (pending.Count == 0)
        {
            return;
        }

        var series = await seriesOf([.. pending.Select(p => new SeriesKey(caller.Tenant, p.Placement.Patient, p.Of.Device!.Id, p.Metric.Metric))], ct);
        for (var i = 0; i < pending.Count; i++)
        {
            pending[i].Placement.Keep(series[i]);
        }

        for (var i = 0; i < count; i++)
        {
            if (samples[i].Series < 0)
            {
                samples[i] = samples[i] with { Series = series[-samples[i].Series - 1].Number };
            }
        }
    }

    public void Dispose()
    {
        ArrayPool<Sample>.Shared.Return(samples);
        samples = [];
        count = 0;
    }

    private void Add(in Sample sample, int metric)
    {
        if (count == samples.Length)
        {
            var larger = ArrayPool<Sample>.Shared.Rent(count * 2);
            samples.AsSpan(0, count).CopyTo(larger);
            ArrayPool<Sample>.Shared.Return(samples);
            samples = larger;
        }

        samples[count++] = sample;
        current.Accepted++;
        current.Seen |= 1L << metric;
        current.Newest = Math.Max(current.Newest, sample.Time);
    }

    // Stands for the number until it is known.
    private int Pending(Placement placement, MeasuredMetric metric)
    {
        if (!pendingNumbers.TryGetValue((placement, metric.Number), out var number))
        {
            pending.Add((placement, metric, current));
            pendingNumbers[(placement, metric.Number)] = number = -pending.Count;
        }

        return number;
    }

    private void Flag(int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            samples[i] = samples[i] with { Flags = samples[i].Flags | SampleFlags.ClockSkew };
        }
    }

    private void Reject(int index, MeasuredMetric metric, Reason reason, long about) =>
        Reject(index, metric.Code, reason, IsRead(reason) ? RejectionText.Of(metric.Metric, reason, about, limits) : "");
}
