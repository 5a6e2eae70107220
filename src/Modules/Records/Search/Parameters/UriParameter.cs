using Salus.Records.Storage;

namespace Salus.Records.Search.Parameters;

/// <summary>uri (http://hl7.org/fhir/R4/search.html#uri): equality; <c>:below</c> for everything under a URL.</summary>
internal static class UriParameter
{
    public static string Condition(SqlText sql, Criterion criterion, int parameter)
    {
        var words = criterion.Values.Select(v => Lexeme.Of(parameter, SearchText.Unescape(v)));
        return ExactWords.Any(sql, [.. words.Select(w => criterion.Modifier == "below" ? ExactWords.StartsWith(w) : ExactWords.Is(w))]);
    }
}
