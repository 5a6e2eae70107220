namespace Salus.Fhir.Paths;

/// <summary>At which stage an expression failed.</summary>
public enum PathErrorKind
{
    /// <summary>The text is not FHIRPath.</summary>
    Syntax,
    /// <summary>It is FHIRPath, but a name, a type or a function in it has no meaning here. Known before there is data.</summary>
    Semantic,
    /// <summary>The expression does not fit the data.</summary>
    Execution,
    /// <summary>A limit was reached: length or depth of the text, or one of <see cref="PathLimits"/>.</summary>
    TooCostly,
    /// <summary>The expression needs something that the caller did not supply in the <see cref="PathContext"/>.</summary>
    NotSupplied,
}

/// <summary>Why an expression cannot be compiled or evaluated, and where.</summary>
/// <param name="Message">One sentence for a person, without the position.</param>
/// <param name="Position">The offset in the expression, in characters from 0.</param>
/// <param name="Kind">The stage.</param>
public sealed record PathError(string Message, int Position, PathErrorKind Kind)
{
    /// <summary>A name stands for no element of the types that it is asked of.</summary>
    internal bool NoElement { get; init; }

    public override string ToString() => $"{Message} (at position {Position + 1})";
}

/// <summary>Carries a <see cref="PathError"/> out of the parser, the compiler or an evaluation; never leaves this namespace.</summary>
/// <param name="message">One sentence for a person.</param>
/// <param name="position">Where; below 0 when only the caller can tell.</param>
/// <param name="kind">Null for the stage in which it is thrown.</param>
internal sealed class PathFault(string message, int position, PathErrorKind? kind = null) : Exception(message)
{
    /// <summary>See <see cref="PathError.NoElement"/>.</summary>
    internal bool NoElement { get; init; }

    internal PathError In(PathErrorKind stage, int near = 0) => new(Message, position < 0 ? near : position, kind ?? stage) { NoElement = NoElement };
}
