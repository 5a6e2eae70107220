using System.Globalization;
using System.Text;
using Salus.Fhir.Primitives;

namespace Salus.Fhir.Paths.Syntax;

/// <summary>Reads FHIRPath N1 (http://hl7.org/fhirpath/N1/) into a tree by precedence climbing.</summary>
internal sealed class PathParser
{
    /// <summary>The deepest nesting of an expression; guards the stack.</summary>
    private const int MaxDepth = 200;

    /// <summary>The most tokens of an expression: a chain of names nests as deeply as it is long. The longest of R4 has about 400.</summary>
    private const int MaxTokens = 2000;

    private const int TypeLevel = 10;

    private static readonly Dictionary<string, (int Level, BinaryOperator Operator)> Operators = new(StringComparer.Ordinal)
    {
        ["*"] = (12, BinaryOperator.Multiply),
        ["/"] = (12, BinaryOperator.Divide),
        ["div"] = (12, BinaryOperator.Div),
        ["mod"] = (12, BinaryOperator.Mod),
        ["+"] = (11, BinaryOperator.Add),
        ["-"] = (11, BinaryOperator.Subtract),
        ["&"] = (11, BinaryOperator.Concatenate),
        ["|"] = (9, BinaryOperator.Union),
        ["<="] = (8, BinaryOperator.LessOrEqual),
        ["<"] = (8, BinaryOperator.Less),
        [">"] = (8, BinaryOperator.Greater),
        [">="] = (8, BinaryOperator.GreaterOrEqual),
        ["="] = (7, BinaryOperator.Equal),
        ["~"] = (7, BinaryOperator.Equivalent),
        ["!="] = (7, BinaryOperator.NotEqual),
        ["!~"] = (7, BinaryOperator.NotEquivalent),
        ["in"] = (6, BinaryOperator.In),
        ["contains"] = (6, BinaryOperator.Contains),
        ["and"] = (5, BinaryOperator.And),
        ["or"] = (4, BinaryOperator.Or),
        ["xor"] = (4, BinaryOperator.Xor),
        ["implies"] = (3, BinaryOperator.Implies),
    };

    /// <summary>The operator as it is written.</summary>
    internal static string Symbol(BinaryOperator operation) => Operators.First(o => o.Value.Operator == operation).Key;

    private static readonly HashSet<string> Units = new(StringComparer.Ordinal)
    {
        "year", "month", "week", "day", "hour", "minute", "second", "millisecond",
        "years", "months", "weeks", "days", "hours", "minutes", "seconds", "milliseconds",
    };

    // Words that are operators or literals; as, contains, in and is may also be names.
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal) { "and", "or", "xor", "implies", "div", "mod", "true", "false" };

    /// <summary>The singular of a calendar unit such as <c>years</c>; null for any other word.</summary>
    internal static string? CalendarUnit(string word) => Units.Contains(word) ? word.TrimEnd('s') : null;

    private readonly List<PathToken> tokens;
    private int at;
    private int depth;

    private PathParser(string text)
    {
        tokens = PathLexer.Tokens(text);
        if (tokens.Count > MaxTokens)
        {
            throw new PathFault($"The expression has more than {MaxTokens} words and signs", tokens[MaxTokens].Position, PathErrorKind.TooCostly);
        }
    }

    /// <summary>The tree; throws <see cref="PathFault"/> that names the position when the text is not an expression.</summary>
    internal static PathSyntax Parse(string text)
    {
        var parser = new PathParser(text);
        var tree = parser.Expression(0);
        return parser.Current.Kind == TokenKind.End
            ? tree
            : throw new PathFault($"{parser.Current.Display} is not expected here; an operator or the end should follow", parser.Current.Position);
    }

    private PathToken Current => tokens[at];

    private PathSyntax Expression(int level)
    {
        if (++depth > MaxDepth)
        {
            throw new PathFault($"The expression is nested more than {MaxDepth} levels deep", Current.Position, PathErrorKind.TooCostly);
        }

        var left = Unary();
        while (true)
        {
            var token = Current;
            if (token.Kind is not (TokenKind.Symbol or TokenKind.Word))
            {
                break;
            }

            if (token.Text is "is" or "as")
            {
                if (TypeLevel <= level)
                {
                    break;
                }

                at++;
                left = new TypeSyntax(token.Position, token.Text == "is", left, TypeName());
            }
            else if (Operators.TryGetValue(token.Text, out var found) && found.Level > level)
            {
                at++;
                left = new BinarySyntax(token.Position, found.Operator, left, Expression(found.Level));
            }
            else
            {
                break;
            }
        }

        depth--;
        return left;
    }

    private PathSyntax Unary()
    {
        if (Current is { Kind: TokenKind.Symbol, Text: "+" or "-" } sign)
        {
            at++;
            if (++depth > MaxDepth)
            {
                throw new PathFault($"The expression is nested more than {MaxDepth} levels deep", sign.Position, PathErrorKind.TooCostly);
            }

            var operand = Unary();
            depth--;
            return new UnarySyntax(sign.Position, sign.Text == "-", operand);
        }

        var term = Term();
        while (true)
        {
            if (Current.Is("."))
            {
                at++;
                term = Invocation(term);
            }
            else if (Current.Is("["))
            {
                var position = Current.Position;
                at++;
                var index = Expression(0);
                Expect("]");
                term = new IndexerSyntax(position, term, index);
            }
            else
            {
                return term;
            }
        }
    }

    private PathSyntax Term()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Symbol when token.Text == "(":
                at++;
                var inner = Expression(0);
                Expect(")");
                return inner;
            case TokenKind.Symbol when token.Text == "{":
                at++;
                Expect("}");
                return new LiteralSyntax(token.Position, null);
            case TokenKind.Symbol when token.Text == "%":
                at++;
                var name = Current;
                if (name.Kind is not (TokenKind.Word or TokenKind.Quoted or TokenKind.String) || name.Position != token.Position + 1)
                {
                    throw new PathFault("A name should follow % at once", token.Position);
                }

                at++;
                return new ConstantSyntax(token.Position, name.Text);
            case TokenKind.Word when token.Text is "true" or "false":
                at++;
                return new LiteralSyntax(token.Position, PathValue.Of(token.Text == "true"));
            case TokenKind.String:
                at++;
                return new LiteralSyntax(token.Position, PathValue.Of(token.Text));
            case TokenKind.Number:
                return Number();
            case TokenKind.Date or TokenKind.DateTime or TokenKind.Time:
                at++;
                return new LiteralSyntax(token.Position, Temporal(token));
            default:
                return Invocation(null);
        }
    }

    private PathSyntax Invocation(PathSyntax? source)
    {
        var token = Current;
        if (token.Kind == TokenKind.Variable)
        {
            if (token.Text is not ("this" or "index" or "total"))
            {
                throw new PathFault($"'${token.Text}' is not known; there are $this, $index and $total", token.Position);
            }

            at++;
            return source is null
                ? new VariableSyntax(token.Position, token.Text)
                : throw new PathFault($"'${token.Text}' can only start a path", token.Position);
        }

        if (token.Kind != TokenKind.Quoted && (token.Kind != TokenKind.Word || Reserved.Contains(token.Text)))
        {
            throw new PathFault($"{token.Display} is not expected here; a name, a literal or '(' should stand here", token.Position);
        }

        at++;
        if (!Current.Is("("))
        {
            return new MemberSyntax(token.Position, source, token.Text);
        }

        at++;
        var arguments = new List<PathSyntax>();
        if (!Current.Is(")"))
        {
            arguments.Add(Argument(token.Text));
            while (Current.Is(","))
            {
                at++;
                arguments.Add(Argument(token.Text));
            }
        }

        Expect(")");
        return new FunctionSyntax(token.Position, source, token.Text, arguments);
    }

    // A key of sort() may end with its direction; descending is what a minus before it says too.
    private PathSyntax Argument(string function)
    {
        var argument = Expression(0);
        if (function != "sort" || Current is not { Kind: TokenKind.Word, Text: "asc" or "desc" } direction)
        {
            return argument;
        }

        at++;
        return direction.Text == "desc" ? new UnarySyntax(direction.Position, true, argument) : argument;
    }

    private string TypeName()
    {
        var name = Name();
        while (Current.Is("."))
        {
            at++;
            name += "." + Name();
        }

        return name;
    }

    private string Name()
    {
        var token = Current;
        if (token.Kind is not (TokenKind.Word or TokenKind.Quoted))
        {
            throw new PathFault($"{token.Display} is not expected here; the name of a type should stand here", token.Position);
        }

        at++;
        return token.Text;
    }

    private LiteralSyntax Number()
    {
        var token = Current;
        at++;
        if (Current.Kind == TokenKind.String || (Current.Kind == TokenKind.Word && Units.Contains(Current.Text)))
        {
            var calendar = Current.Kind == TokenKind.Word;
            var unit = Current.Text;
            at++;
            return new LiteralSyntax(token.Position, PathValue.OfQuantity(Decimal(token), calendar ? unit.TrimEnd('s') : unit, calendar));
        }

        if (token.Text.Contains('.', StringComparison.Ordinal))
        {
            return new LiteralSyntax(token.Position, PathValue.Of(Decimal(token)));
        }

        return int.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var integer)
            ? new LiteralSyntax(token.Position, PathValue.Of(integer))
            : throw new PathFault($"{token.Text} is larger than the largest integer, {int.MaxValue}", token.Position);
    }

    private static decimal Decimal(PathToken token) =>
        decimal.TryParse(token.Text, NumberStyles.Number, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new PathFault($"{token.Text} is too large for a decimal", token.Position);

    private static PathValue Temporal(PathToken token)
    {
        var text = Encoding.UTF8.GetBytes(token.Text);
        var isTime = token.Kind == TokenKind.Time;
        if (!(isTime ? FhirDateTime.TryReadTime(text, out var value) : FhirDateTime.TryRead(text, out value)))
        {
            throw new PathFault($"{token.Text} is not in the calendar or on the clock", token.Position);
        }

        return PathValue.Of(value, token.Kind switch { TokenKind.Date => PathKind.Date, TokenKind.Time => PathKind.Time, _ => PathKind.DateTime });
    }

    private void Expect(string symbol)
    {
        if (!Current.Is(symbol))
        {
            throw new PathFault($"{Current.Display} is not expected here; '{symbol}' should stand here", Current.Position);
        }

        at++;
    }
}
