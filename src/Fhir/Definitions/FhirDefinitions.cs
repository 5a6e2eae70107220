using System.Collections.Frozen;
using System.Text;

namespace Salus.Fhir.Definitions;

/// <summary>All of FHIR R4 that the engine needs: types, elements, closed value sets and search parameters. Immutable; safe for all threads.</summary>
public sealed partial class FhirDefinitions
{
    private static readonly Lazy<FhirDefinitions> LazyR4 = new(LoadR4);
    private readonly TypeDefinition[] types;
    private readonly ElementDefinition[] elements;
    private readonly FrozenDictionary<string, TypeDefinition> byName;
    private readonly FrozenDictionary<string, TypeDefinition>.AlternateLookup<ReadOnlySpan<char>> byChars;

    private readonly Lazy<IReadOnlyList<SearchParameter>> searchParameters;
    private readonly Lazy<IReadOnlyDictionary<string, IReadOnlyList<string>>> patientCompartment;

    internal FhirDefinitions(
        TypeDefinition[] types,
        ElementDefinition[] elements,
        Func<IReadOnlyList<SearchParameter>> searchParameters,
        Func<IReadOnlyDictionary<string, IReadOnlyList<string>>> patientCompartment)
    {
        this.types = types;
        this.elements = elements;
        byName = types.ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);
        byChars = byName.GetAlternateLookup<ReadOnlySpan<char>>();
        this.searchParameters = new(searchParameters);
        this.patientCompartment = new(patientCompartment);
        ResourceTypes = [.. types.Where(t => t is { Kind: TypeKind.Resource, IsAbstract: false }).OrderBy(t => t.Name, StringComparer.Ordinal)];
    }

    /// <summary>FHIR 4.0.1, loaded from the file embedded in this assembly on first use.</summary>
    public static FhirDefinitions R4 => LazyR4.Value;

    public ReadOnlySpan<TypeDefinition> Types => types;

    public ReadOnlySpan<ElementDefinition> Elements => elements;

    /// <summary>The concrete resource types, by name.</summary>
    public IReadOnlyList<TypeDefinition> ResourceTypes { get; }

    /// <summary>The search parameters of the specification: one entry per definition, each with its base types.</summary>
    public IReadOnlyList<SearchParameter> SearchParameters => searchParameters.Value;

    /// <summary>
    /// Per resource type, the search parameters whose references to a Patient put a resource into that patient's compartment
    /// (http://hl7.org/fhir/R4/compartmentdefinition-patient.html); types that are never in one are missing.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> PatientCompartment => patientCompartment.Value;

    /// <summary>The type of that name, or null.</summary>
    public TypeDefinition? Type(string name) => byName.GetValueOrDefault(name);

    /// <summary>The concrete resource type of that name, or null.</summary>
    public TypeDefinition? Resource(ReadOnlySpan<byte> name)
    {
        if (name.Length is 0 or > 64)
        {
            return null;
        }

        Span<char> chars = stackalloc char[64];
        var length = Encoding.UTF8.GetChars(name, chars);
        return byChars.TryGetValue(chars[..length], out var type) && type is { Kind: TypeKind.Resource, IsAbstract: false } ? type : null;
    }

    /// <summary>The concrete resource type of that name, or null.</summary>
    public TypeDefinition? Resource(string name) =>
        byName.TryGetValue(name, out var type) && type is { Kind: TypeKind.Resource, IsAbstract: false } ? type : null;
}
