using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Search.Parameters;

/// <summary>
/// <c>_text</c> and <c>_content</c> (http://hl7.org/fhir/R4/search.html#text): words of the narrative or of all strings, whatever case and accents, in no language's stem. All words of a value have to be there;
/// <c>"two words"</c> in this order, <c>-word</c> not, <c>one or other</c> either.
/// </summary>
internal static class NarrativeParameter
{
    public static Outcome<string> Condition(SqlText sql, Criterion criterion)
    {
        var alternatives = new List<string>();
        foreach (var value in criterion.Values.Select(SearchText.Unescape))
        {
            var folded = FoldedText.Words(value);
            if (!folded.Any(char.IsLetterOrDigit))
            {
                return SearchText.Wrong(criterion.Name, value, "words");
            }

            alternatives.Add($"x.words @@ websearch_to_tsquery('simple', {sql.Add(folded)})");
        }

        return string.Join(" or ", alternatives);
    }
}
