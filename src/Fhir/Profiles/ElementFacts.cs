using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Profiles;

/// <summary>One type that an element may have.</summary>
/// <param name="Code">The name of the type.</param>
/// <param name="Profiles">Canonical URLs: a value conforms to one of them; empty for any.</param>
/// <param name="Targets">For a reference: canonical URLs of what it may point to; empty for any.</param>
internal sealed record TypeChoice(string Code, IReadOnlyList<string> Profiles, IReadOnlyList<string> Targets);

/// <summary>How the items of an element tell which slice they belong to (http://hl7.org/fhir/R4/profiling.html#discriminator).</summary>
internal sealed record Discriminator(string Type, string Path);

internal enum SlicingRules : byte
{
    Open,
    Closed,
    OpenAtEnd,
}

internal sealed record SlicingFacts(IReadOnlyList<Discriminator> Discriminators, SlicingRules Rules, bool Ordered);

internal sealed record BindingFacts(BindingStrength Strength, string ValueSet);

internal sealed record ProfileInvariant(IssueSeverity Severity, string Key, string Human, string Expression);

/// <summary>What an ElementDefinition (http://hl7.org/fhir/R4/elementdefinition.html) says that a resource can be checked against. What it leaves open is null or nothing.</summary>
internal sealed record ElementFacts
{
    internal int? Min { get; init; }

    /// <summary><see cref="int.MaxValue"/> for <c>*</c>.</summary>
    internal int? Max { get; init; }

    internal IReadOnlyList<TypeChoice>? Types { get; init; }

    internal Element Fixed { get; init; }

    internal Element Pattern { get; init; }

    internal Element Least { get; init; }

    internal Element Most { get; init; }

    internal int? MaxLength { get; init; }

    internal BindingFacts? Binding { get; init; }

    internal SlicingFacts? Slicing { get; init; }

    internal IReadOnlyList<ProfileInvariant> Invariants { get; init; } = [];

    /// <summary>These facts with what another, more special definition says instead.</summary>
    internal ElementFacts With(ElementFacts other) => new()
    {
        Min = other.Min ?? Min,
        Max = other.Max ?? Max,
        Types = other.Types ?? Types,
        Fixed = other.Fixed.Exists ? other.Fixed : Fixed,
        Pattern = other.Pattern.Exists ? other.Pattern : Pattern,
        Least = other.Least.Exists ? other.Least : Least,
        Most = other.Most.Exists ? other.Most : Most,
        MaxLength = other.MaxLength ?? MaxLength,
        Binding = other.Binding ?? Binding,
        Slicing = other.Slicing ?? Slicing,
        Invariants = [.. Invariants.Where(i => other.Invariants.All(o => o.Key != i.Key)), .. other.Invariants],
    };
}
