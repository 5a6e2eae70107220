using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Search.Parameters;

/// <summary>token (http://hl7.org/fhir/R4/search.html#token): <c>code</c>, <c>system|code</c>, <c>|code</c>, <c>system|</c>; <c>:not</c> is applied by the caller.</summary>
internal static class TokenParameter
{
    public static async ValueTask<Outcome<string>> ConditionAsync(Row row, Criterion criterion, int parameter, Catalog catalog, CancellationToken ct)
    {
        var words = new List<string>();
        var systems = new List<int>();
        foreach (var value in criterion.Values)
        {
            switch (SearchText.Parts(value))
            {
                case [var code] when code.Length > 0:
                    words.Add(ExactWords.Is(Lexeme.Of(parameter, code)));
                    words.AddRange(Sealed(criterion, code, catalog).Select(w => ExactWords.Is(Lexeme.Of(parameter, w))));
                    break;
                case ["", var code] when code.Length > 0:
                    words.Add(ExactWords.Is(Lexeme.Of(parameter, code, 0)));
                    words.AddRange(Sealed(criterion, code, catalog).Select(w => ExactWords.Is(Lexeme.Of(parameter, w, 0))));
                    break;
                case [var system, ""] when system.Length > 0:
                    systems.Add(await catalog.FindSystemAsync(system, ct));
                    break;
                case [var system, var code] when system.Length > 0:
                    var number = await catalog.FindSystemAsync(system, ct);
                    words.Add(ExactWords.Is(Lexeme.Of(parameter, code, number)));
                    words.AddRange(Sealed(criterion, code, catalog).Select(w => ExactWords.Is(Lexeme.Of(parameter, w, number))));
                    break;
                default:
                    return SearchText.Wrong(criterion.Name, value, "code, system|code, |code or system|");
            }
        }

        var alternatives = new List<string>();
        if (words.Count > 0)
        {
            alternatives.Add(ExactWords.Any(row, words));
        }

        if (systems.Count > 0)
        {
            alternatives.Add(ExactWords.OfSystem(row, parameter, systems));
        }

        return string.Join(" or ", alternatives);
    }

    // A value that may be sealed is in the index under its hash, or, as long as it is not sealed yet, as it is.
    private static IEnumerable<string> Sealed(Criterion criterion, string code, Catalog catalog) => catalog.Seals?.Words(criterion.Parameter, code) ?? [];

    /// <summary><c>:text</c> of a token or reference: the text beside it starts so, whatever case and accents (http://hl7.org/fhir/R4/search.html#token, #reference).</summary>
    public static Outcome<string> Text(Row row, Criterion criterion, int parameter)
    {
        var words = new List<string>();
        foreach (var value in criterion.Values)
        {
            var folded = FoldedText.Fold(SearchText.Unescape(value));
            if (folded.Length == 0)
            {
                return SearchText.Wrong($"{criterion.Name}:text", value, "text that is more than white space");
            }

            words.Add(ExactWords.StartsWith(Lexeme.Of(parameter, folded)));
        }

        return ExactWords.Any(row, words);
    }

    /// <summary><c>:of-type</c>: <c>system|code|value</c>, where system and code are of the identifier's type (http://hl7.org/fhir/R4/search.html#token).</summary>
    public static async ValueTask<Outcome<string>> OfTypeAsync(Row row, Criterion criterion, int parameter, Catalog catalog, CancellationToken ct)
    {
        var words = new List<string>();
        foreach (var value in criterion.Values)
        {
            if (SearchText.Parts(value) is not [var system, var code, var identifier] || code.Length == 0 || identifier.Length == 0)
            {
                return SearchText.Wrong(criterion.Name, value, "system|code|value: system and code of the identifier's type, and its value");
            }

            var number = system.Length == 0 ? 0 : await catalog.FindSystemAsync(system, ct);
            words.AddRange(Sealed(criterion, identifier, catalog).Prepend(identifier).Select(v => ExactWords.Is(Lexeme.Of(parameter, Lexeme.OfType(number, code, v)))));
        }

        return ExactWords.Any(row, words);
    }
}
