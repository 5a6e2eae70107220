using Salus.Fhir.Definitions;

namespace Salus.Records.GraphQl;

/// <summary>What kinds of things fields are selected of.</summary>
internal enum ScopeKind
{
    /// <summary>The system: reads and searches.</summary>
    System,

    /// <summary>A resource or data type.</summary>
    Type,

    /// <summary>The extension and id of a primitive: <c>_birthDate</c>.</summary>
    Shadow,

    /// <summary>A page of a search.</summary>
    Connection,

    /// <summary>A match on such a page.</summary>
    Edge,
}

/// <summary>What the fields of a selection are fields of.</summary>
/// <param name="Type">Of a page or match, the type that was searched; null for the system.</param>
internal sealed record Scope(ScopeKind Kind, TypeDefinition? Type)
{
    /// <summary>Of a Reference, the types that it may lead to; empty for any.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>The name of the type in GraphQL: of <c>Patient.contact</c> it is <c>PatientContact</c>.</summary>
    public string Name => Kind switch
    {
        ScopeKind.System => "Query",
        ScopeKind.Shadow => "Element",
        ScopeKind.Connection => $"{Type!.Name}Connection",
        ScopeKind.Edge => $"{Type!.Name}Edge",
        _ => NameOf(Type!),
    };

    /// <summary>Whether a fragment on a type of this name is about it.</summary>
    public bool Is(string name) => name == Name || (Kind == ScopeKind.Type && Type!.Is(name));

    /// <summary>The name of a type in GraphQL.</summary>
    public static string NameOf(TypeDefinition type) => type.Kind != TypeKind.Backbone ? type.Name
        : string.Concat(type.Name.Split('.').Select(p => char.ToUpperInvariant(p[0]) + p[1..]));
}
