using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Salus.Kernel;

/// <summary>Texts that people send: what of them can be kept, and what of them can be seen.</summary>
public static class Texts
{
    /// <summary>What is said of a text that cannot be kept, after the name of its field.</summary>
    public const string Unstorable = "holds the character U+0000 or half of a surrogate pair, which no text can hold. Leave it out.";

    // Letters and a symbol by their category, and nothing on a screen: the fillers of Hangul, the empty pattern of Braille.
    private static readonly int[] Blank = [0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0];

    /// <summary>Whether a text can be kept: PostgreSQL has no U+0000, and UTF-8 no half of a surrogate pair.</summary>
    public static bool IsStorable(string text)
    {
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (rest[0] == '\0' || Rune.DecodeFromUtf16(rest, out _, out var length) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }

            rest = rest[length..];
        }

        return true;
    }

    /// <summary>Where in a JSON value the first text is that cannot be kept, such as <c>roles[1]</c>, or empty for the value itself; null when there is none.</summary>
    public static string? FirstUnstorable(JsonElement value, string path = "")
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return IsStorable(value.GetString) ? null : path;
            case JsonValueKind.Array:
                return value.EnumerateArray().Select((item, index) => FirstUnstorable(item, $"{path}[{index}]")).FirstOrDefault(found => found is not null);
            case JsonValueKind.Object:
                return value.EnumerateObject()
                    .Select(p => IsStorable(() => p.Name) ? FirstUnstorable(p.Value, path.Length == 0 ? p.Name : $"{path}.{p.Name}") : path)
                    .FirstOrDefault(found => found is not null);
            default:
                return null;
        }
    }

    /// <summary>What of a text a reader sees: without control and formatting characters, blanks in a row as one, none at the ends.</summary>
    public static string Visible(string? text)
    {
        var seen = new StringBuilder();
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                seen.Append(seen.Length > 0 && seen[^1] != ' ' ? " " : "");
            }
            else if (IsVisible(rune))
            {
                seen.Append(rune.ToString());
            }
        }

        return seen.ToString().TrimEnd();
    }

    /// <summary>Whether a character shows anything by itself or at the one before it.</summary>
    public static bool IsVisible(Rune rune) => !Blank.Contains(rune.Value) && Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    // The reader throws at half of a surrogate pair that was written as \ud800.
    private static bool IsStorable(Func<string?> read)
    {
        try
        {
            return IsStorable(read() ?? "");
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
