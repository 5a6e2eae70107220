using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Salus.Records.Storage;

/// <summary>Text as the index keeps it. The same functions prepare what is stored and what is asked for.</summary>
internal static class FoldedText
{
    /// <summary>The most characters of a folded text: a btree entry holds at most 2,704 bytes, 4 bytes per UTF-8 character at worst.</summary>
    public const int MaxFolded = 300;

    private const int MaxCode = 500;
    private const int MaxWords = 200_000;

    /// <summary>Lower case, without accents, white space runs as one blank, at most 300 characters (http://hl7.org/fhir/R4/search.html#string).</summary>
    public static string Fold(string text) => Fold(text, MaxFolded);

    /// <summary>The same of a text whose words are indexed: at most 200,000 characters, which PostgreSQL's limit of 1 MB of words holds in any script.</summary>
    public static string Words(string text) => Fold(text, MaxWords);

    private static string Fold(string text, int most)
    {
        var folded = new StringBuilder(Math.Min(text.Length, most));
        var blank = false;
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                blank = folded.Length > 0;
                continue;
            }

            if (c >= 0x300 && CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark)
            {
                continue;
            }

            if (folded.Length >= most)
            {
                break;
            }

            if (blank)
            {
                folded.Append(' ');
                blank = false;
            }

            folded.Append(char.ToLowerInvariant(Accents.Strip(c)));
        }

        // Half a character, when the limit fell into one, is nothing that could be stored.
        if (folded.Length > 0 && char.IsHighSurrogate(folded[^1]))
        {
            folded.Length--;
        }

        return folded.ToString();
    }

    /// <summary>A code, URI or id as it stands; one of more than 500 characters by its start and its SHA-256, so that equality still holds.</summary>
    public static string Code(string code)
    {
        if (code.Length <= MaxCode)
        {
            return code;
        }

        var start = char.IsHighSurrogate(code[MaxCode - 81]) ? MaxCode - 81 : MaxCode - 80;
        return string.Concat(code.AsSpan(0, start), "…", Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(code))));
    }
}
