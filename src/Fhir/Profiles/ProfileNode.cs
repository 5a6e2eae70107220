using Salus.Fhir.Definitions;

namespace Salus.Fhir.Profiles;

/// <summary>
/// An element of a snapshot while it is made: a tree that starts as the type says, whose children appear when something is said of them, and that the
/// rows of a StructureDefinition are put over. Not for concurrent use.
/// </summary>
internal sealed class ProfileNode
{
    private readonly FhirDefinitions definitions;
    private readonly Func<string, ProfileNode?> profiles;
    private List<ProfileNode>? children;

    /// <summary>Slices were named by their types alone (<c>valueQuantity</c>): the choice has these types and no others.</summary>
    private bool byType;

    /// <param name="definitions">Those of R4.</param>
    /// <param name="name">As in a path: <c>value[x]</c>.</param>
    /// <param name="facts">What holds.</param>
    /// <param name="owned">The element as R4 has it, a choice once per type; empty for a root.</param>
    /// <param name="profiles">The snapshot of a profile, or null when it is not known.</param>
    internal ProfileNode(FhirDefinitions definitions, string name, ElementFacts facts, IReadOnlyList<ElementDefinition> owned, Func<string, ProfileNode?> profiles)
    {
        this.definitions = definitions;
        this.profiles = profiles;
        Name = name;
        Facts = facts;
        Definitions = owned;
    }

    internal string Name { get; }

    /// <summary>Null unless it is a slice.</summary>
    internal string? SliceName { get; private init; }

    internal ElementFacts Facts { get; set; }

    internal IReadOnlyList<ElementDefinition> Definitions { get; }

    internal List<ProfileNode> Slices { get; } = [];

    /// <summary>Those that something was said about; the others are as the type has them.</summary>
    internal IReadOnlyList<ProfileNode> Children => children ?? [];

    internal bool IsChoice => Name.EndsWith("[x]", StringComparison.Ordinal);

    /// <summary>The name in FHIRPath: <c>value</c> for <c>value[x]</c>.</summary>
    internal string PathName => IsChoice ? Name[..^3] : Name;

    /// <summary>The only type that it may have; null when there are several.</summary>
    internal TypeDefinition? Type => Definitions is [{ Type.Kind: TypeKind.Backbone } backbone] ? backbone.Type
        : Facts.Types is [var only] && definitions.Type(only.Code) is { } stated ? stated
        : Definitions is [var one] ? one.Type : null;

    internal static ProfileNode Root(FhirDefinitions definitions, TypeDefinition type, Func<string, ProfileNode?> profiles) =>
        new(definitions, type.Name, new ElementFacts { Types = [new TypeChoice(type.Name, [], [])] }, [], profiles);

    /// <summary>A copy that can be changed without changing this one.</summary>
    internal ProfileNode Copy(string? slice = null)
    {
        var copy = new ProfileNode(definitions, Name, Facts, Definitions, profiles) { SliceName = slice ?? SliceName, byType = byType && slice is null, children = children?.ConvertAll(c => c.Copy()) };
        if (slice is null)
        {
            copy.Slices.AddRange(Slices.Select(s => s.Copy()));
        }

        return copy;
    }

    /// <summary>The node that a step of a path means, made when it is not there yet; null when the type has no such element.</summary>
    internal ProfileNode? Step(PathStep step)
    {
        var node = Child(step.Name);
        return step.Slice is null || node?.SliceName == step.Slice ? node : node?.Slice(step.Slice);
    }

    /// <summary>The child of that name, as in a path or in JSON (<c>valueQuantity</c> is the slice of <c>value[x]</c> for that type).</summary>
    internal ProfileNode? Child(string name)
    {
        Expand();
        var found = children!.Find(c => c.Name == name || (c.IsChoice && c.PathName == name));
        if (found is not null)
        {
            return found;
        }

        foreach (var choice in children.Where(c => c.IsChoice && name.StartsWith(c.PathName, StringComparison.Ordinal)))
        {
            if (choice.Definitions.FirstOrDefault(d => d.JsonName == name) is not null)
            {
                return choice.Slice(name);
            }
        }

        return null;
    }

    /// <summary>The slice of that name, which starts as the element does; <c>a/b</c> is the slice b of the slice a.</summary>
    internal ProfileNode Slice(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0)
        {
            return Slice(name[..slash]).Slice(name[(slash + 1)..]);
        }

        if (Slices.Find(s => s.SliceName == name) is { } known)
        {
            return known;
        }

        var slice = Copy(name);
        slice.Facts = slice.Facts with { Min = 0, Slicing = null };
        if (IsChoice && Definitions.FirstOrDefault(d => d.JsonName == name) is { } one)
        {
            var type = Facts.Types?.FirstOrDefault(t => t.Code == one.Type.Name) ?? new TypeChoice(one.Type.Name, [], one.Targets);
            slice.Facts = slice.Facts with { Types = [type] };
            Narrow(type);
        }

        Slices.Add(slice);
        return slice;
    }

    // As the publisher's snapshots have it: a differential that speaks of valueQuantity allows no other type, unless it slices value[x] itself.
    private void Narrow(TypeChoice type)
    {
        if (Facts.Slicing is null)
        {
            byType = true;
            Facts = Facts with { Slicing = new SlicingFacts([new Discriminator("type", "$this")], SlicingRules.Closed, false), Types = [type] };
        }
        else if (byType && Facts.Types!.All(t => t.Code != type.Code))
        {
            Facts = Facts with { Types = [.. Facts.Types!, type] };
        }
    }

    /// <summary>The extension of that URL among the slices of <c>extension</c>; null when nothing is said of it.</summary>
    internal ProfileNode? Extension(string url) =>
        children?.Where(c => c.Name is "extension" or "modifierExtension").SelectMany(c => c.Slices)
            .FirstOrDefault(s => s.Facts.Types is [{ Profiles: [var profile] }] && profile == url);

    private void Expand()
    {
        if (children is not null)
        {
            return;
        }

        if (Facts.Types is [{ Profiles: [var profile] }] && profiles(profile) is { children: not null } known)
        {
            children = known.children.ConvertAll(c => c.Copy());
            return;
        }

        var type = Type ?? definitions.Type("Element")!;
        type = type.Kind == TypeKind.Primitive ? definitions.Type("Element")! : type;
        children = [];
        for (var i = 0; i < type.Elements.Length;)
        {
            var first = type.Elements[i];
            var owned = new List<ElementDefinition>();
            for (; i < type.Elements.Length && type.Elements[i].Slot == first.Slot; i++)
            {
                owned.Add(type.Elements[i]);
            }

            children.Add(new ProfileNode(definitions, first.IsChoice ? first.Name + "[x]" : first.Name, FactsOf(owned), owned, profiles));
        }
    }

    private static ElementFacts FactsOf(List<ElementDefinition> owned)
    {
        var first = owned[0];
        return new ElementFacts
        {
            Min = first.IsChoice ? first.ChoiceMin : first.Min,
            Max = first.Max,
            Types = [.. owned.Select(d => new TypeChoice(d.Type.Name, [], d.Targets.Select(t => ProfileSet.BasePrefix + t).ToList()))],
            Binding = first.ValueSet is { } valueSet ? new BindingFacts(first.Binding, valueSet) : null,
        };
    }
}
