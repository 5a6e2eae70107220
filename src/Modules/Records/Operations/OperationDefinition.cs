namespace Salus.Records.Operations;

/// <summary>Where an operation is called: <c>/$name</c>, <c>/Type/$name</c>, <c>/Type/id/$name</c>.</summary>
[Flags]
internal enum OperationLevels
{
    System = 1,
    Type = 2,
    Instance = 4,
}

/// <summary>An input parameter of an operation.</summary>
/// <param name="Name">As in the specification.</param>
/// <param name="Type">Its FHIR type: a primitive, a data type such as <c>Coding</c>, a resource type, <c>Resource</c>, or empty where it has parts.</param>
/// <param name="Many">Whether it may be repeated.</param>
internal sealed record OperationParameter(string Name, string Type, bool Many = false)
{
    /// <summary>A primitive, so that it may stand in the URL.</summary>
    public bool Primitive { get; } = Type.Length > 0 && char.IsAsciiLetterLower(Type[0]);

    /// <summary>A resource; <c>Resource</c> itself is any.</summary>
    public bool IsResource { get; init; }
}

/// <summary>What an operation is called and what it takes (http://hl7.org/fhir/R4/operationdefinition.html).</summary>
/// <param name="Name">Without <c>$</c>.</param>
/// <param name="Url">The canonical URL of its OperationDefinition.</param>
/// <param name="Levels">Where it may be called.</param>
internal sealed record OperationDefinition(string Name, string Url, OperationLevels Levels)
{
    /// <summary>The resource types that have it at the levels of type and instance; empty for all.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>What it takes. Anything else is refused, with this list.</summary>
    public IReadOnlyList<OperationParameter> Parameters { get; init; } = [];

    /// <summary>Whether it changes the record: then it is called by POST alone.</summary>
    public bool ChangesState { get; init; }

    /// <summary>Whether it takes what is not valid, to say so in its answer.</summary>
    public bool JudgesItsInput { get; init; }

    public bool IsFor(string? type, OperationLevels level) => (Levels & level) != 0 && (type is null || Types.Count == 0 || Types.Contains(type));
}
