using System.Globalization;
using System.Text;

namespace Salus.Records.Tests.Search.Oracle;

/// <summary>The oracle says that the server has to refuse.</summary>
#pragma warning disable CA1032, CA1064 // Thrown and caught within these tests.
internal sealed class OracleRefusal(string reason) : Exception(reason);
#pragma warning restore CA1032, CA1064

/// <summary>Escapes and normal forms (http://hl7.org/fhir/R4/search.html#escaping, #string).</summary>
internal static class OracleText
{
    // docs/modules/records.md: a text is found by its first 300 characters.
    private const int Kept = 300;

    // The accented letters that occur here. The framework decomposes letters only where the ICU library is installed.
    private static readonly Dictionary<char, char> Bases = new (char Base, string Accented)[]
    {
        ('a', "àáâãäå"), ('c', "ç"), ('e', "èéêë"), ('i', "ìíîïİ"), ('n', "ñ"), ('o', "òóôõöø"), ('u', "ùúûü"), ('y', "ýÿ"), ('l', "ł"), ('A', "ÀÁÂÃÄÅ"), ('C', "Ç"), ('E', "ÈÉÊË"), ('I', "ÌÍÎÏ"), ('N', "Ñ"),
        ('O', "ÒÓÔÕÖØ"), ('U', "ÙÚÛÜ"), ('L', "Ł"),
    }.SelectMany(b => b.Accented.Select(a => (a, b.Base))).ToDictionary();

    /// <summary>Without case and accents, white space as one blank.</summary>
    public static string Fold(string text)
    {
        var letters = text.Where(c => CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark).Select(c => Bases.GetValueOrDefault(c, c));
        var words = string.Concat(letters).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var folded = string.Join(' ', words).ToLowerInvariant();
        return folded.Length > Kept ? folded[..Kept].TrimEnd() : folded;
    }

    /// <summary>Splits at a sign that no backslash stands before.</summary>
    public static List<string> Split(string text, char sign)
    {
        var parts = new List<string> { "" };
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == sign)
            {
                parts.Add("");
            }
            else if (text[i] == '\\' && i + 1 < text.Length)
            {
                parts[^1] += text[i..(i + 2)];
                i++;
            }
            else
            {
                parts[^1] += text[i];
            }
        }

        return parts;
    }

    public static string Unescape(string text)
    {
        var plain = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            i += text[i] == '\\' && i + 1 < text.Length ? 1 : 0;
            plain.Append(text[i]);
        }

        return plain.ToString();
    }

    public static string Escape(string text) => string.Concat(text.Select(c => c is '\\' or ',' or '|' or '$' ? $"\\{c}" : $"{c}"));
}
