using System.Globalization;

namespace Salus.Fhir.Ucum;

/// <summary>What a unit measures: base units and arbitrary units with exponents. Equal texts are equal dimensions.</summary>
internal sealed class UcumDimension
{
    private readonly (string Unit, int Exponent)[] parts;

    private UcumDimension(IEnumerable<(string Unit, int Exponent)> parts)
    {
        this.parts = [.. parts.Where(p => p.Exponent != 0).OrderBy(p => p.Unit, StringComparer.Ordinal)];
        Text = this.parts.Length == 0
            ? "1"
            : string.Join('.', this.parts.Select(p => p.Exponent == 1 ? p.Unit : p.Unit + p.Exponent.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>A number.</summary>
    internal static UcumDimension None { get; } = new([]);

    /// <summary>A UCUM code with factor 1 for it, such as <c>g.m-3</c>; <c>1</c> for a number.</summary>
    internal string Text { get; }

    internal IReadOnlyList<(string Unit, int Exponent)> Parts => parts;

    internal static UcumDimension Of(string unit) => new([(unit, 1)]);

    internal UcumDimension Power(int exponent) => new(parts.Select(p => (p.Unit, p.Exponent * exponent)));

    internal UcumDimension Times(UcumDimension other) =>
        new(parts.Concat(other.parts).GroupBy(p => p.Unit, StringComparer.Ordinal).Select(g => (g.Key, g.Sum(p => p.Exponent))));
}
