using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Search.Parameters;

/// <summary>reference (http://hl7.org/fhir/R4/search.html#reference): <c>id</c>, <c>Type/id</c>, an absolute URL; <c>:Type</c> names the type of a bare id.</summary>
internal static class ReferenceParameter
{
    public static Outcome<string> Condition(SqlText sql, Criterion criterion, Catalog catalog, string address)
    {
        var alternatives = new List<string>();
        foreach (var value in criterion.Values.Select(v => Relative(SearchText.Unescape(v), address)))
        {
            var slash = value.IndexOf('/', StringComparison.Ordinal);
            if (value.Contains(':', StringComparison.Ordinal))
            {
                alternatives.Add($"(x.system = 0 and x.code = {sql.Add(FoldedText.Code(value))})");
            }
            else if (slash < 0 && Preparation.CheckId(value) is null)
            {
                var type = criterion.Modifier.Length > 0 ? $"x.system = {sql.Add(-catalog.Number(criterion.Modifier))}" : "x.system < 0";
                alternatives.Add($"(x.code = {sql.Add(value)} and {type})");
            }
            else if (slash > 0 && catalog.Number(value[..slash]) is var type and > 0 && Preparation.CheckId(value[(slash + 1)..]) is null)
            {
                alternatives.Add($"(x.code = {sql.Add(value[(slash + 1)..])} and x.system = {sql.Add(-type)})");
            }
            else
            {
                return SearchText.Wrong(criterion.Name, value, "an id, Type/id or an absolute URL");
            }
        }

        return string.Join(" or ", alternatives);
    }

    // An address of this server is the resource here.
    private static string Relative(string reference, string address) =>
        address.Length > 0 && reference.Length > address.Length && reference[address.Length] == '/' && reference.StartsWith(address, StringComparison.Ordinal)
            ? reference[(address.Length + 1)..]
            : reference;
}
