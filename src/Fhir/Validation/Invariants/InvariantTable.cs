using System.Collections.Frozen;
using Salus.Fhir.Definitions;

namespace Salus.Fhir.Validation.Invariants;

/// <summary>The invariants of R4 by type and element, compiled when a type is first met. Safe for all threads.</summary>
internal sealed class InvariantTable
{
    /// <summary>Checked by code of our own: because the structure says the same, or because FHIRPath would take time in the square of the size.</summary>
    private static readonly FrozenSet<string> Native = FrozenSet.Create(StringComparer.Ordinal, "ele-1", "ext-1", "ref-1", "dom-2", "dom-3", "bdl-3", "bdl-7", "txt-1", "txt-2");

    /// <summary>Published with a mistake: a FHIR boolean is not a System.Boolean, so que-7 would be false of every answer.</summary>
    private static readonly FrozenDictionary<string, string> Mended = new Dictionary<string, string>
    {
        ["que-7"] = "operator = 'exists' implies (answer is boolean)",
    }.ToFrozenDictionary();

    private readonly FhirDefinitions definitions;
    private readonly ILookup<TypeDefinition, Invariant> ofTypes;
    private readonly FrozenDictionary<int, CompiledInvariant[]> ofElements;
    private readonly TypeInvariants?[] byType;

    internal InvariantTable(FhirDefinitions definitions)
    {
        this.definitions = definitions;
        byType = new TypeInvariants?[definitions.Types.Length];
        var evaluated = definitions.Invariants.Where(i => !Native.Contains(i.Key)).ToList();
        ofTypes = evaluated.Where(i => i.Element is null).ToLookup(i => i.Type);
        ofElements = evaluated.Where(i => i.Element is not null).GroupBy(i => i.Element!.Index).ToFrozenDictionary(g => g.Key, Compile);
        BundleType = definitions.Type("Bundle")!;
        NarrativeDiv = Element("Narrative", "div");
        Contained = Element("DomainResource", "contained").Name;
    }

    internal TypeDefinition BundleType { get; }

    internal ElementDefinition NarrativeDiv { get; }

    internal string Contained { get; }

    internal TypeInvariants Of(TypeDefinition type) => byType[type.Index] ??= Build(type);

    /// <summary>What only this element has, beside what its type has.</summary>
    internal CompiledInvariant[] Of(ElementDefinition element) => ofElements.GetValueOrDefault(element.Index, []);

    private TypeInvariants Build(TypeDefinition type)
    {
        var all = new List<Invariant>();
        for (var stated = type; stated is not null; stated = stated.Base)
        {
            all.AddRange(ofTypes[stated]);
        }

        var children = type == NarrativeDiv.Owner;
        foreach (var element in type.Elements)
        {
            children |= ofElements.ContainsKey(element.Index);
        }

        // A warning that nobody asked for is not evaluated: errors stand first. What is inherited is compiled for the type that inherits.
        var compiled = Compile(all.OrderByDescending(i => i.Severity).Select(i => i with { Type = type }));
        return new TypeInvariants(compiled, compiled.Count(i => i.Severity >= IssueSeverity.Error), (type.Elements.Length + 63) / 64, children);
    }

    // One type of a choice may lack what the expression is about; Every_invariant_of_R4_is_evaluated holds that nothing else is left out.
    private CompiledInvariant[] Compile(IEnumerable<Invariant> invariants) =>
    [
        .. invariants
            .Select(i => CompiledInvariant.Compile(i.Severity, i.Key, i.Human, Mended.GetValueOrDefault(i.Key, i.Expression), i.Type, definitions, out _))
            .OfType<CompiledInvariant>(),
    ];

    private ElementDefinition Element(string type, string name) => definitions.Type(type)!.Find(System.Text.Encoding.UTF8.GetBytes(name))!;
}

/// <summary>The invariants of one type.</summary>
/// <param name="All">Those that are errors first.</param>
/// <param name="Errors">How many of them are errors.</param>
/// <param name="Words">64 bits each, for a bit per element of the type.</param>
/// <param name="OfChildren">Whether one of its elements has invariants of its own.</param>
internal sealed record TypeInvariants(CompiledInvariant[] All, int Errors, int Words, bool OfChildren);
