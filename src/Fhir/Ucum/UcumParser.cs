using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Salus.Fhir.Ucum;

/// <summary>The grammar of UCUM's case-sensitive codes (https://ucum.org/ucum#section-Syntax-Rules), evaluated as it is read.</summary>
internal sealed class UcumParser
{
    private const int GreatestExponent = 99;
    private const int MostDigits = 20;

    private readonly string code;
    private readonly UcumTable table;
    private int at;
    private string? error;

    private UcumParser(string code, UcumTable table)
    {
        this.code = code;
        this.table = table;
    }

    private char Current => at < code.Length ? code[at] : '\0';

    internal static bool TryParse(string code, UcumTable table, out UcumTerm term, [NotNullWhen(false)] out string? error)
    {
        term = UcumTerm.One;
        if (code.Length is 0 or > UcumUnit.LongestCode)
        {
            error = code.Length == 0 ? "A unit is empty; write 1 for a plain number." : $"A unit has at most {UcumUnit.LongestCode} characters.";
            return false;
        }

        var parser = new UcumParser(code, table);
        var read = parser.Main();
        if (parser.error is null && parser.at < code.Length)
        {
            parser.Fail(parser.at, $"'{parser.Current}' is not expected here");
        }

        error = parser.error;
        term = read;
        return error is null;
    }

    // A slash may stand in front: /min is 1/min.
    private UcumTerm Main()
    {
        if (Current == '/')
        {
            at++;
            return Rest(Combine(UcumTerm.One, Component(), divide: true, at));
        }

        return Term();
    }

    // From left to right: a/b.c is (a/b).c.
    private UcumTerm Rest(UcumTerm term)
    {
        while (error is null && Current is '.' or '/')
        {
            var divide = Current == '/';
            var operation = at++;
            term = Combine(term, Component(), divide, operation);
        }

        return term;
    }

    private UcumTerm Combine(in UcumTerm left, in UcumTerm right, bool divide, int position)
    {
        if (error is not null)
        {
            return left;
        }

        if (left.Function is not null || right.Function is not null)
        {
            return Fail(position, "a unit with a zero of its own or a logarithm stands alone; use a proper unit, such as K for Cel");
        }

        var factor = divide ? left.Factor / right.Factor : left.Factor * right.Factor;
        return factor.IsTooLarge
            ? Fail(position, "the factor is out of all bounds")
            : UcumTerm.Of(factor, left.Dimension.Times(divide ? right.Dimension.Power(-1) : right.Dimension));
    }

    private UcumTerm Component()
    {
        if (error is not null)
        {
            return UcumTerm.One;
        }

        if (Current == '(')
        {
            return Group();
        }

        if (Current == '{')
        {
            return Annotation(UcumTerm.One);
        }

        return char.IsAsciiDigit(Current) && !IsTenPower() ? Annotation(Factor()) : Annotation(Unit());
    }

    private UcumTerm Group()
    {
        var open = at++;
        var inner = Term();
        if (error is null && Current != ')')
        {
            return Fail(open, "the parenthesis is not closed");
        }

        at++;
        return inner;
    }

    // A group within a group ... is bounded by the length of a code.
    private UcumTerm Term() => Rest(Component());

    /// <summary>An annotation, if there is one, says something to people and changes nothing.</summary>
    private UcumTerm Annotation(in UcumTerm term)
    {
        if (error is not null || Current != '{')
        {
            return term;
        }

        var open = at++;
        while (Current is > ' ' and <= '~' and not '{' and not '}')
        {
            at++;
        }

        if (Current != '}')
        {
            return Fail(open, "the annotation {...} is not closed, or has a blank, a brace or a character that is not ASCII");
        }

        at++;
        return term;
    }

    private UcumTerm Factor()
    {
        var start = at;
        while (char.IsAsciiDigit(Current))
        {
            at++;
        }

        var digits = code[start..at];
        return digits.Length > MostDigits || digits.All(d => d == '0')
            ? Fail(start, $"a number is a positive integer of at most {MostDigits} digits")
            : UcumTerm.Of(Ratio.Parse(digits), UcumDimension.None);
    }

    private UcumTerm Unit()
    {
        var start = at;
        var symbol = ReadSymbol();
        if (symbol.Length == 0)
        {
            return Fail(start, start == code.Length ? "a unit is missing at the end" : $"'{Current}' is no unit{UcumHints.For(Current.ToString(), table)}");
        }

        if (table.Symbol(symbol) is not { } term)
        {
            return Fail(start, $"there is no unit '{symbol}'{UcumHints.For(symbol, table)}");
        }

        var exponent = Exponent();
        if (exponent == 1 || error is not null)
        {
            return term;
        }

        if (term.Function is not null)
        {
            return Fail(start, $"'{symbol}' has a zero of its own or is a logarithm, so it has no powers");
        }

        var power = term.Factor.Power(exponent);
        return power.IsTooLarge ? Fail(start, "the factor is out of all bounds") : UcumTerm.Of(power, term.Dimension.Power(exponent));
    }

    // A symbol ends at an operator, a digit or a sign; between brackets everything belongs to it.
    private string ReadSymbol()
    {
        var start = at;
        if (IsTenPower())
        {
            at += 3;
            return code[start..at];
        }

        while (Current is > ' ' and <= '~' and not ('.' or '/' or '(' or ')' or '{' or '}' or '+' or '-') && !char.IsAsciiDigit(Current))
        {
            var close = Current == '[' ? code.IndexOf(']', at) : at;
            if (close < 0)
            {
                return code[start..(at = code.Length)];
            }

            at = close + 1;
        }

        return code[start..at];
    }

    private bool IsTenPower() => string.CompareOrdinal(code, at, "10*", 0, 3) == 0 || string.CompareOrdinal(code, at, "10^", 0, 3) == 0;

    private int Exponent()
    {
        var start = at;
        at += Current is '+' or '-' ? 1 : 0;
        while (char.IsAsciiDigit(Current))
        {
            at++;
        }

        if (at == start)
        {
            return 1;
        }

        if (int.TryParse(code.AsSpan(start, at - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)
            && Math.Abs((long)exponent) is > 0 and <= GreatestExponent)
        {
            return exponent;
        }

        Fail(start, $"an exponent is an integer from -{GreatestExponent} to {GreatestExponent}, and not 0");
        return 1;
    }

    private UcumTerm Fail(int position, string reason)
    {
        error ??= string.Create(CultureInfo.InvariantCulture, $"'{code}' is not a UCUM unit: {reason} (character {position + 1}).");
        return UcumTerm.One;
    }
}
