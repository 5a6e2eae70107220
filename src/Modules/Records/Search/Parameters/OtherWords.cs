using System.Globalization;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Search.Parameters;

/// <summary>"ne" of <c>_filter</c> for tokens and URIs: resources that have another value, whether or not they have this one too.</summary>
internal static class OtherWords
{
    public static async ValueTask<Outcome<string>> ConditionAsync(Row row, Criterion criterion, int parameter, Catalog catalog, CancellationToken ct)
    {
        var value = criterion.Values[0];
        var other = criterion.Parameter!.Type == Fhir.Definitions.SearchType.Uri ? OtherCode(row, parameter, [SearchText.Unescape(value)]) : SearchText.Parts(value) switch
        {
            [var code] when code.Length > 0 => OtherCode(row, parameter, Codes(criterion, code, catalog)),
            ["", var code] when code.Length > 0 => Other(row, Codes(criterion, code, catalog).Select(c => Lexeme.Of(parameter, c, 0))),
            [var system, ""] when system.Length > 0 => $"{ExactWords.SystemOf("w.word")} <> {row.Sql.Add((await catalog.FindSystemAsync(system, ct)).ToString(CultureInfo.InvariantCulture))}",
            [var system, var code] when system.Length > 0 && await catalog.FindSystemAsync(system, ct) is var number => Other(row, Codes(criterion, code, catalog).Select(c => Lexeme.Of(parameter, c, number))),
            _ => null,
        };
        // Each value is there with its system, or 0 for none, and again without: the first are all of them.
        return other is null
            ? SearchText.Wrong(criterion.Name, value, "code, system|code, |code or system|")
            : $"exists (select 1 from {ExactWords.Of(row.Sql, row.Name, parameter)} where strpos(w.word, chr(31)) > 0 and {other})";
    }

    private static string OtherCode(Row row, int parameter, IEnumerable<string> codes) => $"split_part(w.word, chr(31), 1) <> all ({row.Sql.Add(codes.Select(c => Lexeme.Of(parameter, c)).ToArray())})";

    private static string Other(Row row, IEnumerable<string> words) => $"w.word <> all ({row.Sql.Add(words.ToArray())})";

    // A sealed value is there under its hash.
    private static IEnumerable<string> Codes(Criterion criterion, string code, Catalog catalog) => (catalog.Seals?.Words(criterion.Parameter, code) ?? []).Prepend(code);
}
