namespace Salus.Fhir.Paths;

/// <summary>
/// How strict the language is taken. Everything in which the strictness differs is named here; what each member means when it is false is
/// what the specification says (http://hl7.org/fhirpath/N1/).
/// </summary>
public sealed record PathRules
{
    /// <summary>As the specification and its tests have it: what cannot give anything is an error.</summary>
    public static readonly PathRules Strict = new();

    /// <summary>
    /// As R4's own search parameters and invariants need it: their expressions list alternatives for other types, and use <c>as</c> on several items.
    /// </summary>
    public static readonly PathRules Definitions = new()
    {
        OtherTypesGiveNothing = true,
        AsFilters = true,
        PrimitivesAreSystemTypes = true,
    };

    /// <summary>A path that starts with the name of another type (<c>Encounter.status</c> on a Patient) gives nothing.</summary>
    public bool OtherTypesGiveNothing { get; init; }

    /// <summary><c>as</c> keeps the items of the type among several, as <c>ofType</c> does.</summary>
    public bool AsFilters { get; init; }

    /// <summary><c>is Boolean</c>, without namespace, is true of a FHIR boolean too, as invariant que-7 takes it.</summary>
    public bool PrimitivesAreSystemTypes { get; init; }
}

/// <summary>What is known about an expression besides its text when it is compiled.</summary>
public sealed record PathOptions
{
    public static readonly PathOptions Default = new();

    public PathRules Rules { get; init; } = PathRules.Strict;

    /// <summary>The environment variables, without the percent sign, that <see cref="PathContext.Variables"/> will hold when it is evaluated.</summary>
    public IReadOnlyCollection<string> Variables { get; init; } = [];
}
