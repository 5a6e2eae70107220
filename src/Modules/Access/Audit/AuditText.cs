using System.Text;

namespace Salus.Access.Audit;

/// <summary>Text of a request, as a row can hold it: no longer than its column takes, without what PostgreSQL or UTF-8 has no place for.</summary>
internal static class AuditText
{
    /// <summary>Stands between the members of a list on the way to the database.</summary>
    public const char Between = '\u001f';

    public static string? Of(string? text, int most)
    {
        if (text is null || (text.Length <= most && IsPlain(text)))
        {
            return text;
        }

        var clean = new StringBuilder(Math.Min(text.Length, most));
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > most)
            {
                break;
            }

            clean.Append(rune.Value is 0 or Between ? Rune.ReplacementChar : rune);
        }

        return clean.ToString();
    }

    // Surrogates may stand alone; then they have no form in UTF-8.
    private static bool IsPlain(string text)
    {
        foreach (var sign in text)
        {
            if (sign is '\0' or Between || char.IsSurrogate(sign))
            {
                return false;
            }
        }

        return true;
    }
}
