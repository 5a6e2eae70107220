namespace Salus.Fhir.Paths;

/// <summary>What one evaluation may cost at most. Reaching a limit is an error of the kind <see cref="PathErrorKind.TooCostly"/>.</summary>
public sealed record PathLimits
{
    public static readonly PathLimits Default = new();

    /// <summary>Items looked at, passed on the way, compared or made, and 64 characters of text each; about 20 to 60 ns a step. Default: ten million.</summary>
    public long Steps { get; init; } = 10_000_000;

    /// <summary>The most items of one collection, the result or any on the way to it; kept within a factor of two. Default: 1,048,576.</summary>
    public int Items { get; init; } = 1 << 20;

    /// <summary>The longest text that a function makes, in characters. Default: a million.</summary>
    public int TextLength { get; init; } = 1_000_000;
}
