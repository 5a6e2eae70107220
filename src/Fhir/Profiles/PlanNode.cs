using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Validation.Invariants;

namespace Salus.Fhir.Profiles;

/// <summary>What a profile asks of one element beyond R4 itself. Immutable once compiled; safe for all threads.</summary>
internal sealed class PlanNode
{
    internal static readonly PlanNode Nothing = new();

    internal Element Fixed { get; init; }

    internal Element Pattern { get; init; }

    internal Element Least { get; init; }

    internal Element Most { get; init; }

    internal int? MaxLength { get; init; }

    /// <summary>The types that the value may have; null for those of R4.</summary>
    internal IReadOnlyList<TypeChoice>? Types { get; init; }

    /// <summary>Canonical URLs of what a reference may point to; null for what R4 allows.</summary>
    internal IReadOnlyList<string>? Targets { get; init; }

    internal BindingFacts? Binding { get; init; }

    internal IReadOnlyList<CompiledInvariant> Invariants { get; init; } = [];

    internal IReadOnlyList<PlanChild> Children { get; init; } = [];

    /// <summary>Nothing that could fail.</summary>
    internal bool IsEmpty => !Fixed.Exists && !Pattern.Exists && !Least.Exists && !Most.Exists && MaxLength is null && Types is null && Targets is null
        && Binding is null && Invariants.Count == 0 && Children.Count == 0;
}

/// <summary>A child element: how often it stands, what holds for each of its values, and into which slices they fall.</summary>
/// <param name="Name">In FHIRPath: <c>value</c>.</param>
/// <param name="Label">As a person reads it: <c>value[x]</c>.</param>
/// <param name="Min">0 when R4 or nobody asks for one.</param>
/// <param name="Max"><see cref="int.MaxValue"/> when it is not bounded further than by R4.</param>
internal sealed record PlanChild(string Name, string Label, int Min, int Max, PlanNode Node, PlanSlicing? Slicing);

internal sealed record PlanSlicing(SlicingRules Rules, bool Ordered, IReadOnlyList<PlanSlice> Slices, PlanSlice? Default);

/// <summary>One slice: an item that passes all tests is in it.</summary>
internal sealed record PlanSlice(string Name, int Min, int Max, PlanNode Node, IReadOnlyList<SliceTest> Tests, PlanSlicing? Inner);

/// <summary>A profile ready to run.</summary>
/// <param name="Problems">What in the profile could not be understood, for the person who loads it.</param>
internal sealed record ProfilePlan(string Url, string Title, TypeDefinition Type, PlanNode Root, IReadOnlyList<string> Problems);
