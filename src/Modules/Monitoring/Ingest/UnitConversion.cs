using Salus.Fhir.Ucum;
using Salus.Monitoring.Metrics;

namespace Salus.Monitoring.Ingest;

/// <summary>How values of one unit become values of another. Immutable.</summary>
internal sealed class UnitConversion
{
    // A difference between two decimals that are the same but for their last digits.
    private const decimal Alike = 0.000_000_001m;

    // Beyond it no metric goes, and products stay within a decimal.
    private const decimal Most = 1_000_000_000_000m;

    private readonly UcumUnit? from;
    private readonly UcumUnit? to;
    private readonly decimal factor;
    private readonly decimal offset;
    private readonly bool linear;

    private UnitConversion(UcumUnit from, UcumUnit to, decimal factor, decimal offset, bool linear) =>
        (this.from, this.to, this.factor, this.offset, this.linear) = (from, to, factor, offset, linear);

    private UnitConversion(string? problem) => Problem = problem;

    /// <summary>The unit is the metric's.</summary>
    public static UnitConversion None { get; } = new((string?)null);

    /// <summary>Why values of this unit cannot be taken; null when they can.</summary>
    public string? Problem { get; }

    public bool IsNone => ReferenceEquals(this, None);

    public static UnitConversion Wrong(string problem) => new(problem);

    /// <param name="code">UCUM.</param>
    public static UnitConversion Of(string code, Metric metric) => Of(code, metric.Unit, metric.Name);

    /// <param name="code">UCUM.</param>
    /// <param name="to">The unit of what is measured.</param>
    /// <param name="name">Of what is measured, for people.</param>
    public static UnitConversion Of(string code, UcumUnit to, string name)
    {
        if (!UcumUnit.TryParse(code, out var unit, out var error))
        {
            return new UnitConversion($"The unit is no UCUM code: {error}");
        }

        if (!unit.IsCommensurable(to))
        {
            return new UnitConversion($"{code} does not measure what {name} is; that comes in {to.Code} or what converts to it.");
        }

        // All but logarithmic units are a factor and an offset: two values tell them, a third one shows it.
        var linear = unit.TryConvert(0, to, out var zero) & unit.TryConvert(1, to, out var one) & unit.TryConvert(100, to, out var hundred)
            && Math.Abs(zero + (100 * (one - zero)) - hundred) < Alike;
        return new UnitConversion(unit, to, one - zero, zero, linear);
    }

    /// <summary>The value in the metric's unit; null when there is no such number, or it is beyond everything.</summary>
    public decimal? Convert(decimal value)
    {
        if (IsNone)
        {
            return value;
        }

        if (Math.Abs(value) > Most)
        {
            return null;
        }

        // Nine places more than are kept, so that the last digits of the factor cannot turn a half.
        return linear ? decimal.Round((value * factor) + offset, 12) : from!.TryConvert(value, to!, out var converted) ? converted : null;
    }
}
