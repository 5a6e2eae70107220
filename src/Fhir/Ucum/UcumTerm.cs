namespace Salus.Fhir.Ucum;

/// <summary>What a part of a code stands for: a value <c>x</c> is <c>function(x · scale) · factor</c> in base units; without a function, scale is 1.</summary>
internal readonly record struct UcumTerm(Ratio Factor, UcumDimension Dimension, UcumFunction? Function, Ratio Scale)
{
    internal static UcumTerm One { get; } = new(Ratio.One, UcumDimension.None, null, Ratio.One);

    internal static UcumTerm Of(Ratio factor, UcumDimension dimension) => new(factor, dimension, null, Ratio.One);

    internal UcumTerm Prefixed(Ratio prefix) => Function is null ? this with { Factor = Factor * prefix } : this with { Scale = Scale * prefix };
}

/// <summary>A line of the table: a base, arbitrary, special or other unit and its definition.</summary>
internal sealed record UcumAtom(string Kind, string Code, bool IsMetric, string? Function, string Value, string Unit);
