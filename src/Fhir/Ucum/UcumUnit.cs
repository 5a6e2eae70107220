using System.Diagnostics.CodeAnalysis;

namespace Salus.Fhir.Ucum;

/// <summary>
/// A unit of the Unified Code for Units of Measure (https://ucum.org/ucum), case-sensitive codes, with its dimension and its exact factor to base units. Immutable; safe for all threads.
/// </summary>
public sealed class UcumUnit
{
    /// <summary>The longest code that is read.</summary>
    public const int LongestCode = 256;

    internal UcumUnit(string code, in UcumTerm term)
    {
        Code = code;
        Term = term;
    }

    /// <summary>The code as it was read, such as <c>mg/dL</c>.</summary>
    public string Code { get; }

    /// <summary>A UCUM code of factor 1 for what the unit measures: <c>g.m-3</c>, <c>1</c> for numbers, <c>[iU].m-3</c>. Equal for all units that measure the same.</summary>
    public string CanonicalCode => Term.Dimension.Text;

    /// <summary>The base and arbitrary units of <see cref="CanonicalCode"/> with their exponents; empty for numbers.</summary>
    public IReadOnlyList<(string Unit, int Exponent)> Dimension => Term.Dimension.Parts;

    /// <summary>True for units on a scale with a zero of its own or a logarithm, such as <c>Cel</c>, <c>[pH]</c> and <c>dB</c>.</summary>
    public bool IsSpecial => Term.Function is not null;

    internal UcumTerm Term { get; }

    /// <summary>
    /// Reads a code. False, with a sentence that says what is wrong, where, and for frequent mistakes what is meant (<c>mmHg</c>: <c>mm[Hg]</c>).
    /// The same code gives the same object, as long as not too many different ones are asked for.
    /// </summary>
    public static bool TryParse(string code, [NotNullWhen(true)] out UcumUnit? unit, [NotNullWhen(false)] out string? error) =>
        UcumTable.Default.TryParse(code, out unit, out error);

    /// <summary>True when the units measure the same, so that values convert.</summary>
    public bool IsCommensurable(UcumUnit other) => Term.Dimension.Text == other.Term.Dimension.Text;

    /// <summary>
    /// Converts a value of this unit into another. False when the units measure different things, or no decimal holds the result with 15 digits.
    /// Exact where the result has at most 28 digits, rounded to the nearest otherwise; logarithmic units to 15 digits.
    /// </summary>
    public bool TryConvert(decimal value, UcumUnit to, out decimal converted)
    {
        if (ReferenceEquals(this, to))
        {
            converted = value;
            return true;
        }

        var result = IsCommensurable(to) && ToBase(value) is { } inBase ? to.FromBase(inBase)?.ToDecimal() : null;
        converted = result.GetValueOrDefault();
        return result is not null;
    }

    /// <summary>The value in units of <see cref="CanonicalCode"/>: two amounts that are the same have the same canonical value. Fails as <see cref="TryConvert"/> does.</summary>
    public bool TryToCanonical(decimal value, out decimal canonical)
    {
        var result = ToBase(value)?.ToDecimal();
        canonical = result.GetValueOrDefault();
        return result is not null;
    }

    /// <summary>The order of two amounts, without rounding; null when the units measure different things.</summary>
    public static int? Compare(decimal left, UcumUnit leftUnit, decimal right, UcumUnit rightUnit)
    {
        if (ReferenceEquals(leftUnit, rightUnit))
        {
            return left.CompareTo(right);
        }

        return leftUnit.IsCommensurable(rightUnit) && leftUnit.ToBase(left) is { } a && rightUnit.ToBase(right) is { } b ? a.CompareTo(b) : null;
    }

    public override string ToString() => Code;

    private Ratio? ToBase(decimal value)
    {
        var number = Ratio.Of(value) * Term.Scale;
        var proper = Term.Function is null ? number : Term.Function.ToProper(number);
        return proper is { } of ? of * Term.Factor : null;
    }

    private Ratio? FromBase(Ratio inBase)
    {
        var proper = inBase / Term.Factor;
        var number = Term.Function is null ? proper : Term.Function.FromProper(proper);
        return number is { } of ? of / Term.Scale : null;
    }
}
