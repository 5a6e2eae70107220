using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Search.Parameters;

/// <summary>reference (http://hl7.org/fhir/R4/search.html#reference): <c>id</c>, <c>Type/id</c>, an absolute URL; <c>:Type</c> names the type of a bare id.</summary>
internal static class ReferenceParameter
{
    public static Outcome<string> Condition(Row row, Criterion criterion, int parameter, Catalog catalog)
    {
        var words = new List<string>();
        foreach (var value in criterion.Values.Select(v => Relative(SearchText.Unescape(v), row.Address)))
        {
            var slash = value.IndexOf('/', StringComparison.Ordinal);
            if (value.Contains(':', StringComparison.Ordinal))
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
