using Salus.Fhir.Definitions;
using Salus.Fhir.Paths;

namespace Salus.Fhir.Search;

/// <summary>A search parameter as it applies to one concrete resource type.</summary>
/// <param name="Index">The position in <see cref="SearchParameterSet.All"/>; dense, stable only within the process.</param>
/// <param name="ResourceType">The concrete type it is asked of.</param>
/// <param name="Definition">The published parameter.</param>
public sealed record ResourceParameter(int Index, TypeDefinition ResourceType, SearchParameter Definition)
{
    public string Code => Definition.Code;

    public SearchType Type => Definition.Type;

    /// <summary>There is one instance per type and parameter in a set, so identity is equality.</summary>
    public bool Equals(ResourceParameter? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Index;

    public override string ToString() => $"{ResourceType.Name}.{Code}";
}

/// <summary>A token: a code with its system. A null system means that none is stated; codes of a bound <c>code</c> element carry the system of their value set.</summary>
public readonly record struct TokenValue(ResourceParameter Parameter, string? System, string Code);

/// <summary>A string as it stands in the resource; folding of case and accents is the index's matter.</summary>
public readonly record struct StringValue(ResourceParameter Parameter, string Text);

/// <summary>A reference: either <paramref name="TargetType"/> and <paramref name="TargetId"/> of a resource in this record, or an absolute <paramref name="Url"/>, of a canonical with its <paramref name="Version"/> beside it; or neither, and only an identifier.</summary>
public readonly record struct ReferenceValue(
    ResourceParameter Parameter, string? TargetType, string? TargetId, string? Url, string? IdentifierSystem = null, string? IdentifierValue = null, string? Version = null);

/// <summary>A time span in microseconds since 1970-01-01T00:00:00Z: from <paramref name="Low"/>, up to but without <paramref name="High"/>. Open ends are <see cref="long.MinValue"/> and <see cref="long.MaxValue"/>. A time without zone counts as UTC.</summary>
public readonly record struct DateValue(ResourceParameter Parameter, long Low, long High);

/// <summary>A number, or a range of them; equal ends for one number. Open ends are <see cref="decimal.MinValue"/> and <see cref="decimal.MaxValue"/>.</summary>
public readonly record struct NumberValue(ResourceParameter Parameter, decimal Low, decimal High);

/// <summary>An amount with its unit: <paramref name="Code"/> in <paramref name="System"/> when coded (UCUM), and the unit as printed.</summary>
public readonly record struct QuantityValue(ResourceParameter Parameter, decimal Low, decimal High, string? System, string? Code, string? Unit);

/// <summary>A URI as it stands.</summary>
public readonly record struct UriValue(ResourceParameter Parameter, string Uri);

/// <summary>An identifier with one code of its type (<c>:of-type</c>).</summary>
public readonly record struct TypedIdentifierValue(ResourceParameter Parameter, string? TypeSystem, string TypeCode, string Value);

/// <summary>A place on earth in degrees (WGS 84).</summary>
public readonly record struct PositionValue(ResourceParameter Parameter, decimal Latitude, decimal Longitude);

/// <summary>What the parts of a composite parameter give on one element. A part has values of its own kind only, at least one.</summary>
public sealed record CompositeValue(ResourceParameter Parameter, IReadOnlyList<SearchValues> Parts);

/// <summary>A parameter that could not be evaluated on a resource.</summary>
public sealed record SearchFault(ResourceParameter Parameter, PathError Error);

/// <summary>The search values of one or many resources, a list per kind. Reusable: <see cref="Clear"/> keeps the memory. Not for concurrent use.</summary>
public sealed partial class SearchValues
{
    public List<TokenValue> Tokens { get; } = [];

    public List<StringValue> Strings { get; } = [];

    public List<ReferenceValue> References { get; } = [];

    public List<DateValue> Dates { get; } = [];

    public List<NumberValue> Numbers { get; } = [];

    public List<QuantityValue> Quantities { get; } = [];

    public List<UriValue> Uris { get; } = [];

    public List<TypedIdentifierValue> TypedIdentifiers { get; } = [];

    public List<PositionValue> Positions { get; } = [];

    public List<CompositeValue> Composites { get; } = [];

    /// <summary>What people read beside a code or reference (<c>:text</c>): the text of a concept, displays.</summary>
    public List<StringValue> Texts { get; } = [];

    /// <summary>What is found by its words: the text of the narrative, for <c>_text</c>, and all strings, for <c>_content</c>; at most one of each.</summary>
    public List<StringValue> Narratives { get; } = [];

    /// <summary>How many values there are in all lists but <see cref="Texts"/>, which stand beside others; those of composites' parts included.</summary>
    public int Count => Tokens.Count + Strings.Count + References.Count + Dates.Count + Numbers.Count + Quantities.Count + Uris.Count
        + TypedIdentifiers.Count + Positions.Count + Narratives.Count + (Composites.Count == 0 ? 0 : Composites.Sum(c => c.Parts.Sum(p => p.Count)));

    public void Clear()
    {
        Tokens.Clear();
        Strings.Clear();
        References.Clear();
        Dates.Clear();
        Numbers.Clear();
        Quantities.Clear();
        Uris.Clear();
        TypedIdentifiers.Clear();
        Texts.Clear();
        Fault = null;
        Positions.Clear();
        Composites.Clear();
        Narratives.Clear();
    }
}
