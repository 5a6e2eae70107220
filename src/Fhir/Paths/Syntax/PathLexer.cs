using System.Globalization;
using System.Text;

namespace Salus.Fhir.Paths.Syntax;

/// <summary>Cuts an expression into tokens (http://hl7.org/fhirpath/N1/#grammar). Comments and white space are dropped.</summary>
internal sealed class PathLexer(string text)
{
    private static readonly string[] Symbols = ["<=", ">=", "!=", "!~", ".", "[", "]", "(", ")", "{", "}", "+", "-", "*", "/", "&", "|", "<", ">", "=", "~", ",", "%"];
    private int at;

    internal static List<PathToken> Tokens(string text)
    {
        var lexer = new PathLexer(text);
        var tokens = new List<PathToken>();
        do
        {
            tokens.Add(lexer.Next());
        }
        while (tokens[^1].Kind != TokenKind.End);

        return tokens;
    }

    private PathToken Next()
    {
        SkipSpace();
        var start = at;
        if (at == text.Length)
        {
            return new PathToken(TokenKind.End, "", start);
        }

        var c = text[at];
        switch (c)
        {
            case '\'':
                return new PathToken(TokenKind.String, Delimited('\'', "string"), start);
            case '"' when start > 0 && text[start - 1] == '%':
                // The older writing of names: %"vs-name".
                return new PathToken(TokenKind.Quoted, Delimited('"', "name"), start);
            case '`':
                return new PathToken(TokenKind.Quoted, Delimited('`', "name"), start);
            case '@':
                return Temporal();
            case '$':
                at++;
                return new PathToken(TokenKind.Variable, Take(IsLetter), start);
        }

        if (IsLetter(c))
        {
            return new PathToken(TokenKind.Word, Take(static c => IsLetter(c) || char.IsAsciiDigit(c)), start);
        }

        return char.IsAsciiDigit(c) ? Number() : Symbol();
    }

    private PathToken Symbol()
    {
        foreach (var symbol in Symbols)
        {
            if (string.CompareOrdinal(text, at, symbol, 0, symbol.Length) == 0)
            {
                at += symbol.Length;
                return new PathToken(TokenKind.Symbol, symbol, at - symbol.Length);
            }
        }

        throw new PathFault(text[at] == '"' ? "A string stands in single quotes ('...'), not in double ones" : $"The character '{text[at]}' has no meaning here", at);
    }

    private PathToken Number()
    {
        var start = at;
        Take(char.IsAsciiDigit);
        if (at + 1 < text.Length && text[at] == '.' && char.IsAsciiDigit(text[at + 1]))
        {
            at++;
            Take(char.IsAsciiDigit);
        }

        return new PathToken(TokenKind.Number, text[start..at], start);
    }

    // @2015, @2015-02-04, @2015T, @2015-02-04T14:34:28.123+09:00, @T14:34
    private PathToken Temporal()
    {
        var start = at++;
        if (Peek('T'))
        {
            at++;
            return new PathToken(TokenKind.Time, Clock(start), start);
        }

        var from = at;
        Digits(4, start);
        for (var part = 0; part < 2 && Peek('-') && IsDigitAt(at + 1); part++)
        {
            at++;
            Digits(2, start);
        }

        if (!Peek('T'))
        {
            return new PathToken(TokenKind.Date, text[from..at], start);
        }

        var date = text[from..at];
        at++;
        if (!IsDigitAt(at))
        {
            return new PathToken(TokenKind.DateTime, date, start);
        }

        var clock = Clock(start);
        var zone = at;
        if (Peek('Z'))
        {
            at++;
        }
        else if ((Peek('+') || Peek('-')) && IsDigitAt(at + 1) && IsDigitAt(at + 2) && at + 3 < text.Length && text[at + 3] == ':')
        {
            at += 4;
            Digits(2, start);
        }

        return new PathToken(TokenKind.DateTime, date + "T" + clock + text[zone..at], start);
    }

    private string Clock(int start)
    {
        var from = at;
        Digits(2, start);
        for (var part = 0; part < 2 && Peek(':'); part++)
        {
            at++;
            Digits(2, start);
        }

        if (Peek('.') && IsDigitAt(at + 1) && at - from == 8)
        {
            at++;
            Take(char.IsAsciiDigit);
        }

        return text[from..at];
    }

    private void Digits(int count, int start)
    {
        for (var i = 0; i < count; i++)
        {
            if (!IsDigitAt(at++))
            {
                throw new PathFault("This is not a date or time: write @2015-02-04, @2015-02-04T14:34:28Z or @T14:34", start);
            }
        }
    }

    private string Delimited(char quote, string what)
    {
        var start = at++;
        var value = new StringBuilder();
        while (at < text.Length && text[at] != quote)
        {
            value.Append(text[at] == '\\' ? Escape() : text[at]);
            at++;
        }

        if (at >= text.Length)
        {
            throw new PathFault($"This {what} is not closed with {quote}", start);
        }

        at++;
        return value.ToString();
    }

    private char Escape()
    {
        var start = at++;
        switch (at < text.Length ? text[at] : '\0')
        {
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'f': return '\f';
            case '\'' or '"' or '`' or '\\' or '/':
                return text[at];
            case 'u' when at + 4 < text.Length
                && ushort.TryParse(text.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit):
                at += 4;
                return (char)unit;
            default:
                throw new PathFault("This escape is not known; allowed are \\' \\\" \\` \\\\ \\/ \\f \\n \\r \\t and \\uXXXX", start);
        }
    }

    private void SkipSpace()
    {
        while (at < text.Length)
        {
            if (text[at] is ' ' or '\t' or '\r' or '\n')
            {
                at++;
            }
            else if (string.CompareOrdinal(text, at, "//", 0, 2) == 0)
            {
                var end = text.IndexOfAny(['\r', '\n'], at);
                at = end < 0 ? text.Length : end;
            }
            else if (string.CompareOrdinal(text, at, "/*", 0, 2) == 0)
            {
                var end = text.IndexOf("*/", at + 2, StringComparison.Ordinal);
                at = end < 0 ? throw new PathFault("This comment is not closed with */", at) : end + 2;
            }
            else
            {
                return;
            }
        }
    }

    private string Take(Func<char, bool> while_)
    {
        var start = at;
        while (at < text.Length && while_(text[at]))
        {
            at++;
        }

        return text[start..at];
    }

    private bool Peek(char c) => at < text.Length && text[at] == c;

    private bool IsDigitAt(int index) => index < text.Length && char.IsAsciiDigit(text[index]);

    private static bool IsLetter(char c) => char.IsAsciiLetter(c) || c == '_';
}
