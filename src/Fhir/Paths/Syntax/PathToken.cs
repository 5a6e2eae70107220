namespace Salus.Fhir.Paths.Syntax;

internal enum TokenKind : byte
{
    End,
    /// <summary>A plain word; keywords are told apart by the parser, which knows where they may be names.</summary>
    Word,
    /// <summary>A name in backticks: never a keyword.</summary>
    Quoted,
    String,
    Number,
    Date,
    DateTime,
    Time,
    /// <summary><c>$this</c>, <c>$index</c>, <c>$total</c>.</summary>
    Variable,
    /// <summary>An operator or a bracket.</summary>
    Symbol,
}

/// <summary>A token; <see cref="Text"/> has quotes removed and escapes resolved.</summary>
internal readonly record struct PathToken(TokenKind Kind, string Text, int Position)
{
    internal bool Is(string symbolOrWord) => Kind is TokenKind.Symbol or TokenKind.Word && Text == symbolOrWord;

    internal string Display => Kind == TokenKind.End ? "the end of the expression" : $"'{Text}'";
}
