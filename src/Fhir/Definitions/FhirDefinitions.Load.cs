namespace Salus.Fhir.Definitions;

public sealed partial class FhirDefinitions
{
    /// <summary>The type <c>Element</c>: id and extensions, what a primitive may have beside its value.</summary>
    internal TypeDefinition Element => element ??= Type("Element")!;

    private TypeDefinition? element;

    private static FhirDefinitions LoadR4() => throw new NotSupportedException();
}
