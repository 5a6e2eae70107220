using GraphQLParser.AST;
using Salus.Fhir.Definitions;
using Salus.Fhir.Paths;

namespace Salus.Records.GraphQl;

/// <summary>What is done for a field.</summary>
internal enum FieldKind
{
    /// <summary>An element by its JSON name.</summary>
    Element,

    /// <summary>Id and extensions of a primitive.</summary>
    Shadow,

    /// <summary><c>resourceType</c> and <c>__typename</c>, known beforehand or from the resource.</summary>
    TypeName,

    /// <summary><c>resource</c> of a Reference.</summary>
    Target,

    /// <summary><c>Patient(id: "1")</c>.</summary>
    Read,

    /// <summary><c>PatientList(...)</c>.</summary>
    List,

    /// <summary><c>PatientConnection(...)</c>.</summary>
    Connection,

    /// <summary>A part of a page: <c>count</c>, <c>next</c>, <c>edges</c>; <c>mode</c>, <c>resource</c>.</summary>
    Part,
}

/// <summary>A field that may be asked of a type, with what stands in it: fields of the same key put together.</summary>
/// <param name="Key">Its alias or name.</param>
/// <param name="Name">Its name.</param>
/// <param name="Node">Where it stands in the document, the first of them.</param>
internal sealed record PlannedField(FieldKind Kind, string Key, string Name, GraphQLField Node)
{
    /// <summary>The element; null for what is none.</summary>
    public ElementDefinition? Element { get; init; }

    /// <summary>What is selected in it; for a Target apart by the type asked for, empty for any.</summary>
    public IReadOnlyList<(string Type, SelectionSets Sets)> Inside { get; init; } = [];

    /// <summary>Which items of a list.</summary>
    public ListFilter? Filter { get; init; }

    /// <summary>What is searched for.</summary>
    public SearchField? Search { get; init; }

    /// <summary>The logical id of a Read.</summary>
    public string? Id { get; init; }

    /// <summary>Whether a Target that is not there is no error.</summary>
    public bool Optional { get; init; }

    /// <summary>The directives that shape the answer (http://hl7.org/fhir/R4/graphql.html#flattening).</summary>
    public Shape Shape { get; init; }
}

/// <summary>How a field goes into the answer.</summary>
/// <param name="Flatten">Its children stand in its place.</param>
/// <param name="First">The first value alone.</param>
/// <param name="Singleton">One value, no list.</param>
/// <param name="Slice">What is put behind its name, for each value; null for nothing.</param>
internal readonly record struct Shape(bool Flatten, bool First, bool Singleton, FhirPath? Slice);

/// <summary>Selection sets of the document whose fields are put together: their places identify them.</summary>
internal sealed record SelectionSets(IReadOnlyList<GraphQLSelectionSet> Sets)
{
    private readonly string key = string.Join(',', Sets.Select(s => s.Location.Start));

    public bool Equals(SelectionSets? other) => other?.key == key;

    public override int GetHashCode() => key.GetHashCode(StringComparison.Ordinal);
}

/// <summary>The fields of a selection for one type.</summary>
/// <param name="Weight">How many there are, with all in them, each counted wherever it is used.</param>
/// <param name="Depth">How many stand in each other.</param>
internal sealed record SelectionPlan(Scope Scope, IReadOnlyList<PlannedField> Fields, long Weight, int Depth);
