namespace Salus.Fhir.Definitions;

public sealed partial class FhirDefinitions
{
    private TypeDefinition? element;

    /// <summary>The type <c>Element</c>: id and extensions, what a primitive may have beside its value.</summary>
    internal TypeDefinition Element => element ??= Type("Element")!;

    private static FhirDefinitions LoadR4()
    {
        using var stream = typeof(FhirDefinitions).Assembly.GetManifestResourceStream("Salus.Fhir.r4.bin")
            ?? throw new InvalidOperationException("Fhir.dll was built without its definitions.");
        var file = new byte[stream.Length];
        stream.ReadExactly(file);
        return new DefinitionsReader(file).Read();
    }
}
