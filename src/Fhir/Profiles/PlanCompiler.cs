using Salus.Fhir.Definitions;
using Salus.Fhir.Validation.Invariants;

namespace Salus.Fhir.Profiles;

/// <summary>Turns a snapshot into what has to be run: all that R4 itself asks for is left out, because it is checked without profiles.</summary>
internal sealed class PlanCompiler
{
    private readonly FhirDefinitions definitions;
    private readonly HashSet<string> known;
    private readonly SlicePlanner slices;
    private readonly List<string> problems;

    internal PlanCompiler(FhirDefinitions definitions, List<string> problems)
    {
        this.definitions = definitions;
        this.problems = problems;
        // By key: snapshots repeat the invariants of R4, some with an expression of another version.
        known = [.. definitions.Invariants.Select(i => i.Key), "ele-1", "ext-1"];
        slices = new SlicePlanner(definitions, this);
    }

    internal ProfilePlan Compile(StructureProfile profile, ProfileNode root) => new(profile.Url, profile.Title, profile.Type, Node(root), problems);

    internal PlanNode Node(ProfileNode node)
    {
        var facts = node.Facts;
        var plan = new PlanNode
        {
            Fixed = facts.Fixed,
            Pattern = facts.Pattern,
            Least = facts.Least,
            Most = facts.Most,
            MaxLength = facts.MaxLength,
            Types = Types(node),
            Targets = Targets(node),
            Binding = Binding(node),
            Invariants = Invariants(node),
            Children = [.. node.Children.Select(Child).OfType<PlanChild>()],
        };
        return plan.IsEmpty ? PlanNode.Nothing : plan;
    }

    private PlanChild? Child(ProfileNode node)
    {
        var owned = node.Definitions;
        var min = node.Facts.Min ?? 0;
        var max = node.Facts.Max ?? int.MaxValue;
        // What R4 asks for by itself is not counted again.
        min = owned is [var first, ..] && min <= first.Min + first.ChoiceMin ? 0 : min;
        max = owned is [var same, ..] && max >= same.Max ? int.MaxValue : max;
        var slicing = slices.Plan(node);
        var plan = Node(node);
        return min == 0 && max == int.MaxValue && plan.IsEmpty && slicing is null ? null : new PlanChild(node.PathName, node.Name, min, max, plan, slicing);
    }

    /// <summary>Only where R4 leaves a choice, or a profile of a type is asked for.</summary>
    private static IReadOnlyList<TypeChoice>? Types(ProfileNode node)
    {
        if (node.Facts.Types is not { Count: > 0 } types || node.Definitions.Count == 0)
        {
            return null;
        }

        var restricts = node.IsChoice
            ? node.Definitions.Any(d => types.All(t => t.Code != d.Type.Name))
            : node.Definitions is [{ Type.Kind: TypeKind.Resource }] && types.All(t => t.Code is not ("Resource" or "DomainResource"));
        var profiled = types.Any(t => t.Profiles.Count > 0 && t.Code != "Extension");
        return restricts || profiled ? types : null;
    }

    private static List<string>? Targets(ProfileNode node)
    {
        if (node.Facts.Types is not { } types || types.Where(t => t.Code == "Reference").SelectMany(t => t.Targets).ToList() is not { Count: > 0 } targets)
        {
            return null;
        }

        var allowed = node.Definitions.Where(d => d.Type.Name == "Reference").SelectMany(d => d.Targets).Select(t => ProfileSet.BasePrefix + t).ToHashSet(StringComparer.Ordinal);
        return targets.Contains(ProfileSet.BasePrefix + "Resource") || (allowed.Count > 0 && allowed.SetEquals(targets)) ? null : targets;
    }

    private static BindingFacts? Binding(ProfileNode node)
    {
        var binding = node.Facts.Binding;
        if (binding is null || binding.Strength is not (BindingStrength.Required or BindingStrength.Extensible))
        {
            return null;
        }

        var first = node.Definitions.Count > 0 ? node.Definitions[0] : null;
        return first is not null && first.ValueSet == binding.ValueSet.Split('|')[0] && first.Binding == binding.Strength ? null : binding;
    }

    private List<CompiledInvariant> Invariants(ProfileNode node)
    {
        var compiled = new List<CompiledInvariant>();
        foreach (var invariant in node.Facts.Invariants.Where(i => !known.Contains(i.Key)))
        {
            var type = node.Type ?? definitions.Type("Element")!;
            if (CompiledInvariant.Compile(invariant.Severity, invariant.Key, invariant.Human, invariant.Expression, type, definitions, out var error, always: true) is { } one)
            {
                compiled.Add(one);
            }
            else
            {
                problems.Add($"{node.Name}: the invariant {invariant.Key} is not FHIRPath for {type.Name} and is not checked: {error}");
            }
        }

        return compiled;
    }
}
