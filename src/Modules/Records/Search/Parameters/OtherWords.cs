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
        var other = criterion.Parameter!.Type == Fhir.Definitions.SearchType.Uri ? OtherCode(row, parameter, SearchText.Unescape(value)) : SearchText.Parts(value) switch
        {
            [var code] when code.Length > 0 => OtherCode(row, parameter, code),
            ["", var code] when code.Length > 0 => $"w.word <> {row.Sql.Add(Lexeme.Of(parameter, code, 0))}",
            [var system, ""] when system.Length > 0 => $"{ExactWords.SystemOf("w.word")} <> {row.Sql.Add((await catalog.FindSystemAsync(system, ct)).ToString(CultureInfo.InvariantCulture))}",
            [var system, var code] when system.Length > 0 => $"w.word <> {row.Sql.Add(Lexeme.Of(parameter, code, await catalog.FindSystemAsync(system, ct)))}",
            _ => null,
        };
        // Each value is there with its system, or 0 for none, and again without: the first are all of them.
        return other is null
            ? SearchText.Wrong(criterion.Name, value, "code, system|code, |code or system|")
            : $"exists (select 1 from {ExactWords.Of(row.Sql, row.Name, parameter)} where strpos(w.word, chr(31)) > 0 and {other})";
    }

    private static string OtherCode(Row row, int parameter, string code) => $"split_part(w.word, chr(31), 1) <> {row.Sql.Add(Lexeme.Of(parameter, code))}";
}
