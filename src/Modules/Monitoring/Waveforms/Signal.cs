using System.Collections.Frozen;
using System.Globalization;
using Salus.Fhir.Ucum;
using Salus.Monitoring.Metrics;

namespace Salus.Monitoring.Waveforms;

/// <summary>A signal that devices send as a waveform; a line of <c>waveforms.txt</c>.</summary>
/// <param name="Number">Stored with blocks.</param>
/// <param name="Name">The short name, such as <c>ecg-ii</c>.</param>
/// <param name="Mdc">IEEE 11073-10101 codes by which it comes in; the first is the code of Observations made of it.</param>
/// <param name="Reference">The reference identifier of the first code.</param>
/// <param name="Unit">The unit of values as they are read.</param>
/// <param name="Possible">What a working device can give; a block that goes beyond is rejected.</param>
/// <param name="Display">The name for people.</param>
internal sealed record Signal(short Number, string Name, IReadOnlyList<int> Mdc, string Reference, UcumUnit Unit, MetricRange Possible, string Display)
{
    /// <summary>False for what is relative: there is nothing to mistake.</summary>
    public bool NeedsUnit => Unit.Code != "1";
}

/// <summary>All signals, as <c>waveforms.txt</c> lists them. Immutable.</summary>
internal sealed class SignalSet
{
    private readonly FrozenDictionary<string, Signal> byCode;
    private readonly FrozenDictionary<int, Signal> byNumber;

    private SignalSet(IReadOnlyList<Signal> all)
    {
        All = all;
        byNumber = all.ToFrozenDictionary(s => (int)s.Number);
        byCode = all.SelectMany(s => s.Mdc.Select(c => c.ToString(CultureInfo.InvariantCulture)).Append(s.Name).Append(s.Reference), (s, code) => (s, code)).ToFrozenDictionary(p => p.code, p => p.s, StringComparer.Ordinal);
    }

    public static SignalSet Default { get; } = Read();

    /// <summary>In the order of their numbers.</summary>
    public IReadOnlyList<Signal> All { get; }

    /// <summary>By its short name, IEEE 11073-10101 code or reference identifier; null for what is not known.</summary>
    public Signal? Find(string code) => byCode.GetValueOrDefault(code);

    /// <summary>By its stored number; null for what is not known.</summary>
    public Signal? Find(int number) => byNumber.GetValueOrDefault(number);

    private static SignalSet Read()
    {
        using var reader = new StreamReader(typeof(SignalSet).Assembly.GetManifestResourceStream("Salus.Monitoring.Waveforms.waveforms.txt")!);
        return new SignalSet([.. reader.ReadToEnd().ReplaceLineEndings("\n").Split('\n').Where(l => l.Length > 0 && l[0] != '#').Select(Line).OrderBy(s => s.Number)]);
    }

    private static Signal Line(string line) => line.Split('|').Select(c => c.Trim()).ToArray() is [var number, var name, var mdc, var reference, var unit, var possible, var display]
        && possible.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var low, var high]
        ? new Signal(
            short.Parse(number, CultureInfo.InvariantCulture), name, [.. mdc.Split(' ').Select(c => int.Parse(c, CultureInfo.InvariantCulture))], reference,
            UcumUnit.TryParse(unit, out var parsed, out var error) ? parsed : throw new InvalidOperationException($"waveforms.txt, {name}: {error}"),
            new MetricRange(decimal.Parse(low, CultureInfo.InvariantCulture), decimal.Parse(high, CultureInfo.InvariantCulture)), display)
        : throw new InvalidOperationException($"waveforms.txt: '{line}' has not seven cells.");
}
