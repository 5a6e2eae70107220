namespace Salus.Fhir.Definitions;

/// <summary>The kinds of search parameter (http://hl7.org/fhir/R4/search.html#ptypes).</summary>
public enum SearchType : byte
{
    Number,
    Date,
    String,
    Token,
    Reference,
    Composite,
    Quantity,
    Uri,
    Special,
}

/// <summary>One part of a composite parameter.</summary>
/// <param name="Definition">The canonical URL of the search parameter of this part.</param>
/// <param name="Expression">FHIRPath from the composite's own value.</param>
public sealed record SearchComponent(string Definition, string Expression);

/// <summary>A search parameter as published.</summary>
/// <param name="Url">Its canonical URL.</param>
/// <param name="Code">The name in a query: <c>birthdate</c>.</param>
/// <param name="Type">What its values are.</param>
/// <param name="Base">The resource types it is for; may hold the abstract <c>Resource</c> and <c>DomainResource</c>.</param>
/// <param name="Expression">FHIRPath over the resource; alternatives for several base types are joined by <c>|</c>. Null for parameters that are not about the content, such as <c>_text</c>.</param>
/// <param name="Targets">For a reference: the types it may point to; empty means any.</param>
/// <param name="Components">For a composite: its parts.</param>
/// <param name="Description">One paragraph for a person.</param>
public sealed record SearchParameter(
    string Url,
    string Code,
    SearchType Type,
    IReadOnlyList<string> Base,
    string? Expression,
    IReadOnlyList<string> Targets,
    IReadOnlyList<SearchComponent> Components,
    string Description);
