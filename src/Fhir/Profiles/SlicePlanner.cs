using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Profiles;

/// <summary>Finds out how an item tells its slice: what the discriminators lead to in the definition of each slice (http://hl7.org/fhir/R4/profiling.html#discriminator).</summary>
internal sealed class SlicePlanner(FhirDefinitions definitions, PlanCompiler compiler)
{
    private const string DefaultSlice = "@default";

    internal PlanSlicing? Plan(ProfileNode node)
    {
        if (node.Slices.Count == 0 && node.Facts.Slicing is not { Rules: SlicingRules.Closed })
        {
            return null;
        }

        var facts = node.Facts.Slicing ?? new SlicingFacts([], SlicingRules.Open, false);
        var planned = node.Slices.ConvertAll(s => Slice(s, facts));
        return new PlanSlicing(facts.Rules, facts.Ordered, planned.FindAll(s => s.Name != DefaultSlice), planned.Find(s => s.Name == DefaultSlice));
    }

    private PlanSlice Slice(ProfileNode slice, SlicingFacts facts)
    {
        var inner = slice.Slices.Count > 0 ? Plan(slice.Facts.Slicing is null ? WithSlicing(slice, facts) : slice) : null;
        var node = compiler.Node(slice);
        var tests = facts.Discriminators.Select(d => Test(slice, d)).OfType<SliceTest>().ToList();
        // Without a test that can be made, what conforms to the slice is in it.
        return new PlanSlice(slice.SliceName!, slice.Facts.Min ?? 0, slice.Facts.Max ?? int.MaxValue, node, tests.Count > 0 ? tests : [new ConformityTest(node)], inner);
    }

    private static ProfileNode WithSlicing(ProfileNode slice, SlicingFacts facts)
    {
        var copy = slice.Copy();
        copy.Facts = copy.Facts with { Slicing = facts with { Rules = SlicingRules.Open } };
        return copy;
    }

    private SliceTest? Test(ProfileNode slice, Discriminator discriminator)
    {
        var steps = DiscriminatorPath.Parse(discriminator.Path);
        if (steps is null)
        {
            return null;
        }

        if (slice.Facts.Types is [{ Code: "Extension", Profiles: [var url] }] && discriminator.Path == "url")
        {
            return new ExtensionTest(url);
        }

        return discriminator.Type switch
        {
            "value" or "pattern" => Value(slice, steps),
            "exists" => Target(slice, steps) is { } node ? node.Facts switch { { Max: 0 } => new ExistsTest(steps, false), { Min: > 0 } => new ExistsTest(steps, true), _ => null } : null,
            "type" => Type(slice, steps),
            "profile" => Profile(slice, steps),
            _ => null,
        };
    }

    private SliceTest? Value(ProfileNode slice, IReadOnlyList<DiscriminatorStep> steps)
    {
        var node = slice;
        for (var i = 0; ; i++)
        {
            // A pattern above says what stands below it too.
            var stated = node.Facts.Fixed.Exists ? node.Facts.Fixed : node.Facts.Pattern;
            if (stated.Exists && Below(stated, steps, i) is { Exists: true } expected)
            {
                return new ValueTest(steps, expected, i == steps.Count && node.Facts.Fixed.Exists);
            }

            if (i == steps.Count)
            {
                break;
            }

            if (Next(node, steps[i]) is not { } next)
            {
                return null;
            }

            node = next;
        }

        if (node.Facts.Binding is { Strength: BindingStrength.Required } binding && (node.Definitions.Count == 0 || node.Definitions[0].ValueSet != binding.ValueSet.Split('|')[0]))
        {
            return new BindingTest(steps, binding);
        }

        var plan = compiler.Node(node);
        return plan.IsEmpty ? null : new PartTest(steps, plan);
    }

    private static Element Below(Element stated, IReadOnlyList<DiscriminatorStep> steps, int from)
    {
        for (var i = from; i < steps.Count; i++)
        {
            if (steps[i].Kind != StepKind.Name)
            {
                return default;
            }

            var found = default(Element);
            foreach (var child in stated.Named(steps[i].Text))
            {
                found = child;
                break;
            }

            stated = found;
        }

        return stated;
    }

    private static ProfileNode? Target(ProfileNode slice, IReadOnlyList<DiscriminatorStep> steps)
    {
        var node = slice;
        foreach (var step in steps)
        {
            if (Next(node, step) is not { } next)
            {
                return null;
            }

            node = next;
        }

        return node;
    }

    private static ProfileNode? Next(ProfileNode node, DiscriminatorStep step) => step.Kind switch
    {
        StepKind.Name => node.Child(step.Text),
        StepKind.Extension => node.Extension(step.Text),
        StepKind.OfType => node.Slices.Find(s => s.Facts.Types is [{ } only] && only.Code == step.Text) ?? node,
        _ => null,
    };

    private TypeTest? Type(ProfileNode slice, IReadOnlyList<DiscriminatorStep> steps)
    {
        var resolves = steps.Count > 0 && steps[^1].Kind == StepKind.Resolve;
        if (Target(slice, resolves ? [.. steps.SkipLast(1)] : steps) is not { Facts.Types: { Count: > 0 } types } node)
        {
            return null;
        }

        var names = resolves
            ? types.SelectMany(t => t.Targets).Select(t => t[(t.LastIndexOf('/') + 1)..]).Where(t => definitions.Type(t) is not null).ToList()
            : types.Select(t => t.Code).ToList();
        // A resource in a bundle's entry is told by the one type that its profile leaves.
        names = names.Count == 0 && node.Type is { } only ? [only.Name] : names;
        return names.Count == 0 || names.Contains("Resource") ? null : new TypeTest(steps, names);
    }

    private static ProfileTest? Profile(ProfileNode slice, IReadOnlyList<DiscriminatorStep> steps)
    {
        var resolves = steps.Count > 0 && steps[^1].Kind == StepKind.Resolve;
        var types = Target(slice, resolves ? [.. steps.SkipLast(1)] : steps)?.Facts.Types ?? [];
        var urls = types.SelectMany(t => resolves ? t.Targets : t.Profiles).ToList();
        return urls.Count == 0 ? null : new ProfileTest(steps, urls);
    }
}
