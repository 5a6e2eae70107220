using Salus.Fhir.Definitions;

namespace Salus.DefinitionsCompiler;

/// <summary>One element of a type; a choice has one row per type.</summary>
/// <param name="Type">The name of its type: <c>HumanName</c>, <c>Patient.contact</c>.</param>
/// <param name="Max">The greatest number of values; 0 for <c>*</c>.</param>
internal sealed record ElementRow(
    string Name, string JsonName, string Type, int Max, ElementMarks Marks, BindingStrength Binding, string? ValueSet, IReadOnlyList<string> Targets)
{
    /// <summary>Those that the definition lists at the element, including what the element's type has for all its uses.</summary>
    public IReadOnlyList<InvariantRow> Invariants { get; init; } = [];
}

internal sealed record TypeRow(string Name, TypeKind Kind, bool IsAbstract, string? Base, PrimitiveKind Primitive, IReadOnlyList<ElementRow> Elements)
{
    /// <summary>Those of the type itself and all that it inherits.</summary>
    public IReadOnlyList<InvariantRow> Invariants { get; init; } = [];
}

/// <summary>A condition in FHIRPath that an element has to meet.</summary>
internal sealed record InvariantRow(string Key, bool IsError, string Human, string Expression);

/// <summary>A code and the system that defines it.</summary>
internal readonly record struct SystemCode(string System, string Code);
