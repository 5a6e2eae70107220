using Salus.Fhir.Json;
using Salus.Fhir.Search;

namespace Salus.Records.Sealing;

/// <summary>
/// The search values of a stored body as the index has them: of a sealed value the hash in its token. Nothing else of it is found: no beginning, no word, no part. Needs no key.
/// </summary>
internal static class SealedValues
{
    public static void Mask(ResourceDocument document, SearchValues values)
    {
        if (SealedToken.MayBeIn(document.Utf8.Span))
        {
            Mask(values);
        }
    }

    private static void Mask(SearchValues values)
    {
        Each(values.Tokens, v => v.Code, (v, word) => v with { Code = word });
        Each(values.TypedIdentifiers, v => v.Value, (v, word) => v with { Value = word });
        Each(values.References, v => v.IdentifierValue, (v, word) => v with { IdentifierValue = word });
        values.Strings.RemoveAll(v => IsSealed(v.Text));
        values.Texts.RemoveAll(v => IsSealed(v.Text));
        values.Uris.RemoveAll(v => IsSealed(v.Uri));
        for (var i = 0; i < values.Narratives.Count; i++)
        {
            values.Narratives[i] = values.Narratives[i] with { Text = Without(values.Narratives[i].Text) };
        }

        values.Narratives.RemoveAll(v => v.Text.Length == 0);
        foreach (var composite in values.Composites)
        {
            foreach (var part in composite.Parts)
            {
                Mask(part);
            }
        }
    }

    private static void Each<T>(List<T> values, Func<T, string?> text, Func<T, string, T> with)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (text(values[i]) is { } one && IsSealed(one))
            {
                values[i] = with(values[i], SealedToken.Word(one));
            }
        }
    }

    // The words of all strings, one after the other: a token has no blank in it.
    private static string Without(string text)
    {
        for (int at; (at = text.IndexOf(SealedToken.Prefix, StringComparison.Ordinal)) >= 0;)
        {
            var end = text.IndexOf(' ', at);
            text = end < 0 ? text[..at].TrimEnd() : text.Remove(at, end + 1 - at);
        }

        return text;
    }

    private static bool IsSealed(string text) => text.StartsWith(SealedToken.Prefix, StringComparison.Ordinal);
}
