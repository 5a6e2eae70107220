namespace Salus.Records.Search.Filter;

/// <summary>A filter of <c>_filter</c>, as it was written (http://hl7.org/fhir/R4/search_filter.html).</summary>
internal abstract record FilterNode;

/// <summary><c>a and b and c</c>, or <c>a or b or c</c>.</summary>
internal sealed record FilterGroup(bool Either, List<FilterNode> Items) : FilterNode;

/// <summary><c>not (a)</c>.</summary>
internal sealed record FilterNot(FilterNode Inner) : FilterNode;

/// <summary><c>path operator value</c>.</summary>
/// <param name="Path">At least one step; all but the last are references.</param>
/// <param name="Operator">One of <see cref="FilterOperators.All"/>.</param>
/// <param name="Value">Without the quotes and escapes of a string.</param>
/// <param name="Position">Where it begins in the filter, from 1.</param>
internal sealed record FilterTest(IReadOnlyList<FilterStep> Path, string Operator, string Value, int Position) : FilterNode
{
    /// <summary>Where its value begins in the filter, from 1.</summary>
    public int ValuePosition { get; init; }
}

/// <summary>One name of a path, with the filter in brackets behind it.</summary>
internal sealed record FilterStep(string Name, FilterNode? Filter);
