using System.Globalization;

namespace Salus.Records.Patch.Json;

/// <summary>A JSON Pointer (RFC 6901): the names and indexes that lead from the root of a document to a value in it.</summary>
internal sealed record JsonPointer(string Text, IReadOnlyList<string> Tokens)
{
    /// <summary>Null when the text is not a pointer: it is empty or starts with '/', and '~' stands only in ~0 and ~1.</summary>
    public static JsonPointer? Parse(string text)
    {
        if (text.Length == 0)
        {
            return new JsonPointer(text, []);
        }

        if (text[0] != '/')
        {
            return null;
        }

        var tokens = text[1..].Split('/');
        for (var i = 0; i < tokens.Length; i++)
        {
            if (tokens[i].Replace("~0", "", StringComparison.Ordinal).Replace("~1", "", StringComparison.Ordinal).Contains('~', StringComparison.Ordinal))
            {
                return null;
            }

            // In this order, so that ~01 becomes ~1 and not a slash.
            tokens[i] = tokens[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        }

        return new JsonPointer(text, tokens);
    }

    /// <summary>True when this leads to something inside of what the other one leads to.</summary>
    public bool IsBelow(JsonPointer other) => Tokens.Count > other.Tokens.Count && Tokens.Take(other.Tokens.Count).SequenceEqual(other.Tokens, StringComparer.Ordinal);

    /// <summary>The array index of a token; null when it is none: digits without leading zeros.</summary>
    public static int? Index(string token) =>
        (token.Length == 1 || token is not ['0', ..]) && int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;

    public override string ToString() => Text;
}
