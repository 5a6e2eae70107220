using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Search.Parameters;

/// <summary>uri (http://hl7.org/fhir/R4/search.html#uri): equality; <c>:below</c> for everything under a URL.</summary>
internal static class UriParameter
{
    // A longer URI is in the index by its start and a hash.
    private const int MaxBelow = 400;

    public static Outcome<string> Condition(Row row, Criterion criterion, int parameter)
    {
        if (criterion.Modifier == "below" && criterion.Values.FirstOrDefault(v => v.Length is 0 or > MaxBelow) is { } wrong)
        {
            return SearchText.Wrong(criterion.Name, wrong, $"the start of a URI, 1 to {MaxBelow} characters");
        }

        var words = criterion.Values.Select(v => Lexeme.Of(parameter, SearchText.Unescape(v)));
        return ExactWords.Any(row, [.. words.Select(w => criterion.Modifier == "below" ? ExactWords.StartsWith(w) : ExactWords.Is(w))]);
    }
}
