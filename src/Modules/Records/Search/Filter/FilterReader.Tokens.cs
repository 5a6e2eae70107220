using System.Globalization;
using System.Text;

namespace Salus.Records.Search.Filter;

// Names, blanks and values.
internal sealed partial class FilterReader
{
    private string? Value()
    {
        if (Peek() == '"')
        {
            return Quoted();
        }

        var start = at;
        while (at < text.Length && !char.IsWhiteSpace(text[at]) && text[at] is not (')' or ']' or '(' or '[' or '"'))
        {
            at++;
        }

        // A value that was not closed, or part of one that needs quotes: whatever it would find, it is not what was meant.
        if (Peek() is '(' or '[' or '"')
        {
            Wrong("a value with a bracket or a quotation mark stands in quotes: \"an (old)\"");
            return null;
        }

        if (at > start)
        {
            return text[start..at];
        }

        Wrong("expected a value: a string in quotes, a number, a date or a code");
        return null;
    }

    // A JSON string.
    private string? Quoted()
    {
        var start = at++;
        var value = new StringBuilder();
        while (at < text.Length && text[at] != '"')
        {
            if (text[at] == '\\')
            {
                if (Escape() is not { } sign)
                {
                    Wrong("this is no escape of JSON: \\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u and four hexadecimal digits");
                    return null;
                }

                value.Append(sign);
            }
            else
            {
                value.Append(text[at++]);
            }
        }

        if (at == text.Length)
        {
            Wrong($"the string that begins at position {start + 1} has no end");
            return null;
        }

        at++;
        if (at < text.Length && !char.IsWhiteSpace(text[at]) && text[at] is not (')' or ']'))
        {
            Wrong("expected a blank after the string; a quotation mark within one is written \\\"");
            return null;
        }

        var found = value.ToString();
        // Neither is text that a resource can have, nor that the database takes.
        if (found.Contains('\0', StringComparison.Ordinal) || !IsText(found))
        {
            at = start;
            Wrong("the string has a NUL or half a character");
            return null;
        }

        return found;
    }

    private char? Escape()
    {
        var sign = at + 1 < text.Length ? text[at + 1] : '\0';
        if (sign == 'u')
        {
            if (at + 6 > text.Length || !ushort.TryParse(text.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                return null;
            }

            at += 6;
            return (char)code;
        }

        var place = "\"\\/bfnrt".IndexOf(sign, StringComparison.Ordinal);
        if (place < 0)
        {
            return null;
        }

        at += 2;
        return "\"\\/\b\f\n\r\t"[place];
    }

    private string? Name()
    {
        var start = at;
        if (at < text.Length && (text[at] == '_' || char.IsAsciiLetter(text[at])))
        {
            while (at < text.Length && IsName(text[at]))
            {
                at++;
            }
        }

        return at > start ? text[start..at] : null;
    }

    private bool Blanks()
    {
        var start = at;
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        return at > start;
    }

    private char Peek() => at < text.Length ? text[at] : '\0';

    // A colon names the type behind a reference, as in chained parameters: subject:Patient.
    private static bool IsName(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or ':';

    private static bool IsText(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (char.IsSurrogate(value[i]) && (!char.IsHighSurrogate(value[i]) || i + 1 == value.Length || !char.IsLowSurrogate(value[++i])))
            {
                return false;
            }
        }

        return true;
    }
}
