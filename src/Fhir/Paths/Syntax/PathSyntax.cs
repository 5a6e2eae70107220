namespace Salus.Fhir.Paths.Syntax;

/// <summary>The tree of an expression as written, before names mean anything. Immutable.</summary>
/// <param name="Position">The offset of its operator or name in the text.</param>
internal abstract record PathSyntax(int Position);

/// <summary>A literal; an empty collection has no value.</summary>
internal sealed record LiteralSyntax(int Position, PathValue? Value) : PathSyntax(Position);

/// <summary><c>$this</c>, <c>$index</c>, <c>$total</c>, without the dollar.</summary>
internal sealed record VariableSyntax(int Position, string Name) : PathSyntax(Position);

/// <summary><c>%resource</c>, without the percent sign.</summary>
internal sealed record ConstantSyntax(int Position, string Name) : PathSyntax(Position);

/// <summary>A name, after a dot or alone.</summary>
internal sealed record MemberSyntax(int Position, PathSyntax? Source, string Name) : PathSyntax(Position);

internal sealed record FunctionSyntax(int Position, PathSyntax? Source, string Name, IReadOnlyList<PathSyntax> Arguments) : PathSyntax(Position);

internal sealed record IndexerSyntax(int Position, PathSyntax Source, PathSyntax Index) : PathSyntax(Position);

internal sealed record UnarySyntax(int Position, bool Negative, PathSyntax Operand) : PathSyntax(Position);

internal sealed record BinarySyntax(int Position, BinaryOperator Operator, PathSyntax Left, PathSyntax Right) : PathSyntax(Position);

/// <summary><c>x is T</c> and <c>x as T</c>.</summary>
internal sealed record TypeSyntax(int Position, bool IsTest, PathSyntax Operand, string TypeName) : PathSyntax(Position);

internal enum BinaryOperator : byte
{
    Multiply,
    Divide,
    Div,
    Mod,
    Add,
    Subtract,
    Concatenate,
    Union,
    LessOrEqual,
    Less,
    Greater,
    GreaterOrEqual,
    Equal,
    Equivalent,
    NotEqual,
    NotEquivalent,
    In,
    Contains,
    And,
    Or,
    Xor,
    Implies,
}
