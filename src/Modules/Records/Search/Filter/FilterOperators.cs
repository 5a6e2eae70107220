using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Records.Search.Parameters;
using Salus.Records.Storage;

namespace Salus.Records.Search.Filter;

/// <summary>
/// How an operator of <c>_filter</c> is asked of a parameter: with which modifier, and which prefix in front of the value
/// (http://hl7.org/fhir/R4/search_filter.html#ops).
/// </summary>
/// <param name="Modifier">One that a search by name has too, which says itself where it does not apply.</param>
/// <param name="Comparison">How the values are compared where no search by name does; see <see cref="Compared"/>.</param>
/// <param name="Prefix">In front of the value, which then has none of its own; empty for none.</param>
internal readonly record struct FilterOperator(string Modifier, string Comparison = "", string Prefix = "");

/// <summary>The operators.</summary>
internal static class FilterOperators
{
    public static readonly string[] All = ["eq", "ne", "co", "sw", "ew", "gt", "lt", "ge", "le", "ap", "sa", "eb", "pr", "po", "ss", "sb", "in", "ni", "re"];

    private static readonly string[] Ranges = ["eq", "ne", "gt", "lt", "ge", "le", "ap", "sa", "eb"];

    /// <summary>Null where the operator does not apply to the parameter.</summary>
    /// <param name="parameter">Null for <c>_id</c> and <c>_lastUpdated</c>.</param>
    public static FilterOperator? Of(string op, ResourceParameter? parameter, string name) => (op, parameter?.Type) switch
    {
        ("eq", null) when name == "_id" => new(""),
        (_, null) when name == "_lastUpdated" && Ranges.Contains(op) => new("", "", op),
        (_, null) => null,
        ("pr", _) => new("missing"),
        ("co", _) when IndexContents.IsNarrative(parameter!) => new(""),
        (_, _) when IndexContents.IsNarrative(parameter!) => null,
        ("co", SearchType.String) => new("contains"),
        ("sw", SearchType.String) => new(""),
        ("eq" or "ne" or "ew" or "gt" or "lt" or "ge" or "le", SearchType.String) => new("", op),
        ("co", SearchType.Number) or ("co" or "po", SearchType.Date) => new("", op, "eq"),
        (_, SearchType.Number or SearchType.Quantity or SearchType.Date) when Ranges.Contains(op) => new("", "", op),
        ("eq", SearchType.Token or SearchType.Uri or SearchType.Composite or SearchType.Special) => new(""),
        ("ne", SearchType.Token or SearchType.Uri) => new("", op),
        ("sw", SearchType.Uri) or ("ss", SearchType.Token) => new("below"),
        ("sb", SearchType.Token) => new("above"),
        ("in" or "ni", SearchType.Token) => new("in"),
        ("re" or "eq", SearchType.Reference) => new(""),
        _ => null,
    };

    /// <summary>The operators that apply to a parameter.</summary>
    public static IEnumerable<string> For(ResourceParameter? parameter, string name) => All.Where(op => Of(op, parameter, name) is not null);

    /// <summary>The value as a search by name takes it.</summary>
    public static string Value(FilterOperator op, ResourceParameter? parameter, string value) => op.Modifier == "missing"
        ? "false"
        : parameter?.Type switch
        {
            SearchType.String => value.Replace("\\", "\\\\", StringComparison.Ordinal),
            SearchType.Token => Namespace(value, 0),
            SearchType.Quantity => op.Prefix + Namespace(value, value.IndexOf('|', StringComparison.Ordinal) + 1),
            SearchType.Composite => string.Join('$', SearchText.Split(value, '$').Select(Part)),
            _ => op.Prefix + value,
        };

    // number|system|code or system|code.
    private static string Part(string part) => SearchText.Split(part, '|') is [var number, _, _] ? Namespace(part, number.Length + 1) : Namespace(part, 0);

    // http://hl7.org/fhir/R4/search_filter.html#ops: these codes may stand for their namespaces.
    private static string Namespace(string value, int start)
    {
        var parts = SearchText.Split(value[start..], '|');
        var uri = parts.Count < 2 ? null : parts[0] switch
        {
            "loinc" => "http://loinc.org",
            "snomed" => "http://snomed.info/sct",
            "rxnorm" => "http://www.nlm.nih.gov/research/umls/rxnorm",
            "ucum" => Units.System,
            _ => null,
        };
        return uri is null ? value : value[..start] + uri + value[(start + parts[0].Length)..];
    }
}
