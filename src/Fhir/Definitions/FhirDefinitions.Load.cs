namespace Salus.Fhir.Definitions;

public sealed partial class FhirDefinitions
{
    private TypeDefinition? element;

    /// <summary>The type <c>Element</c>: id and extensions, what a primitive may have beside its value.</summary>
    internal TypeDefinition Element => element ??= Type("Element")!;

    internal Func<IReadOnlyList<Invariant>> InvariantSource { private get; init; } = static () => [];

    internal Func<byte[]> ProfileSource { get; init; } = static () => [];

    private IReadOnlyList<Invariant>? invariants;

    /// <summary>The invariants of the specification, each once: on the type or element that states it. Read when first asked for.</summary>
    public IReadOnlyList<Invariant> Invariants => invariants ??= InvariantSource();

    private static FhirDefinitions LoadR4()
    {
        using var stream = typeof(FhirDefinitions).Assembly.GetManifestResourceStream("Salus.Fhir.r4.bin")
            ?? throw new InvalidOperationException("Fhir.dll was built without its definitions.");
        var file = new byte[stream.Length];
        stream.ReadExactly(file);
        return new DefinitionsReader(file).Read();
    }
}
