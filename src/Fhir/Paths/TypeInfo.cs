using Salus.Fhir.Definitions;

namespace Salus.Fhir.Paths;

/// <summary>What <c>type()</c> tells of an item (http://hl7.org/fhirpath/N1/#reflection).</summary>
/// <param name="Space"><c>FHIR</c> or <c>System</c>.</param>
/// <param name="Name">The name without the namespace.</param>
/// <param name="BaseType">The type that it specializes, with its namespace; null when there is none.</param>
internal sealed record TypeInfo(string Space, string Name, string? BaseType)
{
    internal static TypeInfo Of(in PathValue value) => value.Kind switch
    {
        PathKind.Element => Of(value.Element.Type),
        _ => new TypeInfo("System", value.Kind.ToString(), "System.Any"),
    };

    /// <summary>The member of that name; null when there is no such member.</summary>
    internal PathValue? Member(string name) => name switch
    {
        "name" => PathValue.Of(Name),
        "namespace" => PathValue.Of(Space),
        "baseType" => BaseType is null ? default : PathValue.Of(BaseType),
        _ => null,
    };

    private static TypeInfo Of(TypeDefinition? type) => new("FHIR", type?.Name ?? "", type?.Base is { } parent ? "FHIR." + parent.Name : null);

    public override string ToString() => $"{Space}.{Name}";
}
