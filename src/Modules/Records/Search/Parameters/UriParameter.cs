using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Search.Parameters;

/// <summary>uri (http://hl7.org/fhir/R4/search.html#uri): equality; <c>:below</c> for everything under a URL.</summary>
internal static class UriParameter
{
    public static Outcome<string> Condition(SqlText sql, Criterion criterion)
    {
        var values = criterion.Values.Select(v => FoldedText.Code(SearchText.Unescape(v))).ToArray();
        return criterion.Modifier == "below"
            ? string.Join(" or ", values.Select(v => $"(x.code >= {sql.Add(v)} and x.code < {sql.Add(StringParameter.After(v))})"))
            : $"x.code = any({sql.Add(values)})";
    }
}
