using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Validation;

/// <summary>What a <see cref="StructureValidator"/> lets pass.</summary>
public sealed record StructureValidationOptions
{
    /// <summary>Accept <c>Practitioner?identifier=...</c> as a reference, as transactions use it (http://hl7.org/fhir/R4/http.html#trules). Default: false.</summary>
    public bool ConditionalReferences { get; init; }

    /// <summary>After how many issues validation stops; when none of them is an error, it goes on for the first error. Default: 100.</summary>
    public int MostIssues { get; init; } = 100;
}

/// <summary>
/// Checks a resource against the structure of FHIR R4: names, cardinality, JSON shape (http://hl7.org/fhir/R4/json.html), formats of primitives,
/// references, required bindings to closed value sets, extensions, contained resources and the resources in bundles.
/// It does not evaluate FHIRPath invariants or profiles. Safe for all threads; allocates nothing for a resource without issues
/// unless a code, date or similar short text is written with JSON escapes, or many references go to contained resources.
/// </summary>
public sealed class StructureValidator
{
    private readonly FhirDefinitions definitions;
    private readonly StructureValidationOptions options;
    private readonly ulong[][] required;

    public StructureValidator(FhirDefinitions definitions, StructureValidationOptions? options = null)
    {
        this.definitions = definitions;
        this.options = options ?? new StructureValidationOptions();
        required = new ulong[definitions.Types.Length][];
        foreach (var type in definitions.Types)
        {
            required[type.Index] = RequiredSlots(type);
        }
    }

    /// <summary>
    /// All issues in document order; empty when there is none. After <see cref="StructureValidationOptions.MostIssues"/> comes one that says so, and an error if there is only one behind them.
    /// </summary>
    /// <exception cref="ArgumentException">The document was read with other definitions.</exception>
    public IReadOnlyList<Issue> Validate(ResourceDocument document) => Validate(document.Root);

    /// <summary>The same for a resource inside a document, such as an entry of a bundle.</summary>
    public IReadOnlyList<Issue> Validate(Element resource) => Walk(resource, null)?.Issues ?? (IReadOnlyList<Issue>)[];

    /// <summary>Adds the issues to those that are there.</summary>
    internal void Validate(Element resource, Findings findings) => Walk(resource, findings);

    private Findings? Walk(Element resource, Findings? findings)
    {
        if (resource.Document.Definitions != definitions)
        {
            throw new ArgumentException("The document was read with other definitions than this validator has.", nameof(resource));
        }

        var walk = new StructureWalk(resource.Document, options, required, findings);
        walk.Resource(resource.Index);
        return walk.Findings;
    }

    /// <summary>A bit for each slot that must be filled; the types of a choice share one.</summary>
    private static ulong[] RequiredSlots(TypeDefinition type)
    {
        var bits = new ulong[(type.Elements.Length + 63) / 64];
        foreach (var element in type.Elements)
        {
            if (element.Min + element.ChoiceMin > 0)
            {
                bits[element.Slot >> 6] |= 1UL << element.Slot;
            }
        }

        return bits;
    }
}
