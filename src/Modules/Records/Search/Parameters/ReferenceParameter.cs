using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Search.Parameters;

/// <summary>
/// reference (http://hl7.org/fhir/R4/search.html#reference): <c>id</c>, <c>Type/id</c>, an absolute URL, a canonical with <c>|version</c>; <c>:Type</c> names the type of a bare id.
/// <c>:below</c> and <c>:above</c> compare the versions of canonicals by their parts: 1.2 has 1.2.0 below it and 1 above it.
/// </summary>
internal static class ReferenceParameter
{
    /// <summary>Whether a value is a canonical with a version.</summary>
    public static bool HasVersion(string value) => SearchText.Parts(value) is [var url, { Length: > 0 }] && url.Contains(':', StringComparison.Ordinal);

    /// <param name="parameter">The number of the parameter.</param>
    /// <param name="versions">The number of its facet with versions.</param>
    public static Outcome<string> Condition(Row row, Criterion criterion, int parameter, int versions, Catalog catalog) =>
        criterion.Modifier is "above" or "below" ? Versions(row, criterion, versions) : Plain(row, criterion, parameter, versions, catalog);

    private static Outcome<string> Versions(Row row, Criterion criterion, int versions)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        foreach (var value in criterion.Values.Distinct(StringComparer.Ordinal))
        {
            if (value.Length > ExactWords.MaxParted || !HasVersion(value))
            {
                return SearchText.Wrong(
                    $"{criterion.Name}:{criterion.Modifier}", value, $"a canonical URL with a version, together at most {ExactWords.MaxParted} characters: url|1.2. What stands above or below by references, such as parts of a place, is asked by chains: partof.name");
            }

            AddVersions(words, SearchText.Unescape(value), versions, criterion.Modifier == "below");
            if (words.Count > ExactWords.MaxParts)
            {
                return ExactWords.TooMany(criterion, "versions");
            }
        }

        return ExactWords.Any(row, [.. words]);
    }

    private static void AddVersions(HashSet<string> words, string canonical, int versions, bool below)
    {
        words.Add(ExactWords.Is(Lexeme.Of(versions, canonical)));
        if (below)
        {
            words.Add(ExactWords.StartsWith(Lexeme.Of(versions, canonical + ".")));
            return;
        }

        var start = canonical.LastIndexOf('|');
        for (var dot = canonical.LastIndexOf('.'); dot > start; dot = canonical.LastIndexOf('.', dot - 1))
        {
            words.Add(ExactWords.Is(Lexeme.Of(versions, canonical[..dot])));
        }
    }

    private static Outcome<string> Plain(Row row, Criterion criterion, int parameter, int versions, Catalog catalog)
    {
        var words = new List<string>();
        foreach (var value in criterion.Values.Select(v => Relative(SearchText.Unescape(v), row.Address)))
        {
            var slash = value.IndexOf('/', StringComparison.Ordinal);
            if (value.Contains('|', StringComparison.Ordinal) && HasVersion(value))
            {
                words.Add(ExactWords.Is(Lexeme.Of(versions, value)));
            }
            else if (value.Contains(':', StringComparison.Ordinal))
            {
                words.Add(ExactWords.Is(Lexeme.Of(parameter, value)));
            }
            else if (slash < 0 && Preparation.CheckId(value) is null)
            {
                // Without a type, the targets of all types with this id.
                words.Add(criterion.Modifier.Length > 0
                    ? ExactWords.Is(Lexeme.Of(parameter, value, -catalog.Number(criterion.Modifier)))
                    : ExactWords.StartsWith($"{Lexeme.Of(parameter, value)}{Lexeme.Separator}-"));
            }
            else if (slash > 0 && catalog.Number(value[..slash]) is var type and > 0 && Preparation.CheckId(value[(slash + 1)..]) is null)
            {
                words.Add(ExactWords.Is(Lexeme.Of(parameter, value[(slash + 1)..], -type)));
            }
            else
            {
                return SearchText.Wrong(criterion.Name, value, "an id, Type/id or an absolute URL");
            }
        }

        return ExactWords.Any(row, words);
    }

    // An address of this server is the resource here.
    public static string Relative(string reference, string address) =>
        address.Length > 0 && reference.Length > address.Length && reference[address.Length] == '/' && reference.StartsWith(address, StringComparison.Ordinal)
            ? reference[(address.Length + 1)..]
            : reference;
}
