using Salus.Fhir.Definitions;

namespace Salus.Records.Tests.Search.Oracle;

/// <summary>What a resource has for one search parameter.</summary>
internal sealed class OracleFacts(SearchType type, List<OracleItem> items)
{
    private static readonly Dictionary<string, SearchParameter> ByUrl = FhirDefinitions.R4.SearchParameters.DistinctBy(p => p.Url).ToDictionary(p => p.Url);

    public List<TokenOf> Tokens { get; } = type == SearchType.Token ? [.. items.SelectMany(OracleValues.Tokens)] : [];

    public List<string> Strings { get; } = type == SearchType.String ? [.. items.SelectMany(OracleValues.Strings)] : [];

    public List<string> Folded { get; } = type == SearchType.String ? [.. items.SelectMany(OracleValues.Strings).Select(OracleText.Fold).Where(t => t.Length > 0)] : [];

    public List<string> Uris { get; } = type == SearchType.Uri ? [.. items.SelectMany(OracleValues.Uris)] : [];

    public List<ReferenceOf> References { get; } = type == SearchType.Reference ? [.. items.SelectMany(OracleValues.References)] : [];

    public List<(Int128 Low, Int128 High)> Dates { get; } = type == SearchType.Date ? [.. items.SelectMany(OracleValues.Dates)] : [];

    public List<AmountOf> Amounts { get; } = type is SearchType.Number or SearchType.Quantity ? [.. items.SelectMany(OracleValues.Amounts)] : [];

    public List<(double Latitude, double Longitude)> Positions { get; } = type == SearchType.Special ? [.. items.Select(OracleValues.Position).OfType<(double, double)>()] : [];

    /// <summary>For a composite: of each element that it is about, the facts of its parts.</summary>
    public List<IReadOnlyList<OracleFacts>> Composites { get; private init; } = [];

    /// <summary>Whether there is a value that a search could find; what <c>:missing</c> asks.</summary>
    public bool Any => Tokens.Count + Folded.Count + Uris.Count + Dates.Count + Amounts.Count + Positions.Count > 0
        || References.Exists(r => r.Id is not null || r.Url is not null) || Composites.Exists(c => c.All(p => p.Any));

    public static OracleFacts Composite(SearchParameter parameter, List<OracleItem> items) => new(SearchType.Composite, [])
    {
        Composites = [.. items.Select(i => (IReadOnlyList<OracleFacts>)[.. parameter.Components.Select(c => Part(parameter, c, i))])],
    };

    public static SearchType PartType(SearchComponent component) => ByUrl[component.Definition].Type;

    // docs/modules/records.md: parts of the whole resource are its ordinary parameters. (R4 gives the expression twice, and not always the same: the part of
    // code-value-string is only a string, the parameter that it is defined by also finds the text of a concept.)
    private static OracleFacts Part(SearchParameter parameter, SearchComponent component, OracleItem item) => new(
        PartType(component),
        OracleItem.Evaluate(item.Element.IsRoot && !parameter.Expression!.Contains('|', StringComparison.Ordinal) ? ByUrl[component.Definition].Expression! : component.Expression, item.Element));
}
