namespace Salus.Fhir.Paths;

/// <summary>Why an expression cannot be compiled or evaluated, and where.</summary>
/// <param name="Message">One sentence for a person, without the position.</param>
/// <param name="Position">The offset in the expression, in characters from 0.</param>
public sealed record PathError(string Message, int Position)
{
    public override string ToString() => $"{Message} (at position {Position + 1})";
}

/// <summary>Carries a <see cref="PathError"/> out of the parser, the compiler or an evaluation; never leaves this namespace.</summary>
internal sealed class PathFault(string message, int position) : Exception(message)
{
    internal PathError Error => new(Message, position);
}
