using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Search.Parameters;

/// <summary>token (http://hl7.org/fhir/R4/search.html#token): <c>code</c>, <c>system|code</c>, <c>|code</c>, <c>system|</c>; <c>:not</c> is applied by the caller.</summary>
internal static class TokenParameter
{
    public static async ValueTask<Outcome<string>> ConditionAsync(SqlText sql, Criterion criterion, Catalog catalog, CancellationToken ct)
    {
        var bare = new List<string>();
        var alternatives = new List<string>();
        foreach (var value in criterion.Values)
        {
            switch (SearchText.Parts(value))
            {
                case [var code] when code.Length > 0:
                    bare.Add(FoldedText.Code(code));
                    break;
                case ["", var code] when code.Length > 0:
                    alternatives.Add($"(x.code = {sql.Add(FoldedText.Code(code))} and x.system = 0)");
                    break;
                case [var system, ""] when system.Length > 0:
                    alternatives.Add($"x.system = {sql.Add(await catalog.FindSystemAsync(system, ct))}");
                    break;
                case [var system, var code] when system.Length > 0:
                    alternatives.Add($"(x.code = {sql.Add(FoldedText.Code(code))} and x.system = {sql.Add(await catalog.FindSystemAsync(system, ct))})");
                    break;
                default:
                    return SearchText.Wrong(criterion.Name, value, "code, system|code, |code or system|");
            }
        }

        if (bare.Count > 0)
        {
            alternatives.Add(bare.Count == 1 ? $"x.code = {sql.Add(bare[0])}" : $"x.code = any({sql.Add(bare.ToArray())})");
        }

        return string.Join(" or ", alternatives);
    }
}
