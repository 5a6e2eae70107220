namespace Salus.Fhir.Views;

/// <summary>A column of a view's rows.</summary>
/// <param name="Name">Unique in the view: a letter, then letters, digits and underscores.</param>
/// <param name="Kind">What its values are.</param>
/// <param name="Collection">True when each value is a list, empty rather than null where a resource has nothing.</param>
/// <param name="Type">The FHIR or FHIRPath type, declared or known from the path; null when neither.</param>
public sealed record ViewColumn(string Name, ColumnKind Kind, bool Collection, string? Type);
