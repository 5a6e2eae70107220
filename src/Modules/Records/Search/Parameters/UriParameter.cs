using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Search.Parameters;

/// <summary>
/// uri (http://hl7.org/fhir/R4/search.html#uri): equality; <c>:below</c> for everything under a URL, <c>:above</c> for everything that a URL is under.
/// </summary>
internal static class UriParameter
{
    public static Outcome<string> Condition(Row row, Criterion criterion, int parameter)
    {
        if (criterion.Modifier is "below" or "above" && criterion.Values.FirstOrDefault(v => v.Length is 0 or > ExactWords.MaxParted) is { } wrong)
        {
            return SearchText.Wrong(criterion.Name, wrong, $"{(criterion.Modifier == "below" ? "the start of a URI" : "a URL")}, 1 to {ExactWords.MaxParted} characters");
        }

        var values = criterion.Values.Select(SearchText.Unescape).ToList();
        if (criterion.Modifier != "above")
        {
            return ExactWords.Any(row, [.. values.Select(v => Lexeme.Of(parameter, v)).Select(w => criterion.Modifier == "below" ? ExactWords.StartsWith(w) : ExactWords.Is(w))]);
        }

        return values.Find(v => !v.Contains("://", StringComparison.Ordinal)) is { } urn
            ? SearchText.Wrong($"{criterion.Name}:above", urn, "a URL (scheme://host/path): a URN has nothing above it")
            : Above(row, criterion, values, parameter);
    }

    private static Outcome<string> Above(Row row, Criterion criterion, List<string> urls, int parameter)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        foreach (var url in urls.Distinct(StringComparer.Ordinal))
        {
            words.UnionWith(Above(url).Select(v => Lexeme.Of(parameter, v)));
            if (words.Count > ExactWords.MaxParts)
            {
                return ExactWords.TooMany(criterion, "URLs");
            }
        }

        return ExactWords.AnyOf(row, words);
    }

    // Each part of the path, with and without the slash at its end, down to the host.
    private static IEnumerable<string> Above(string url)
    {
        yield return url;
        var path = url.IndexOf("://", StringComparison.Ordinal) + 3;
        for (var slash = url.LastIndexOf('/'); slash >= path; slash = url.LastIndexOf('/', slash - 1))
        {
            yield return url[..(slash + 1)];
            yield return url[..slash];
        }
    }
}
