using Salus.Fhir.Json;
using Salus.Fhir.Paths;

namespace Salus.Fhir.Profiles;

/// <summary>One discriminator as a question to an item. Immutable; safe for all threads.</summary>
internal abstract record SliceTest
{
    internal abstract bool Passes(Element item, ProfileRun run);

    protected static bool AnyAt(Element item, IReadOnlyList<DiscriminatorStep> steps, ProfileRun run, Func<Element, bool> test)
    {
        var found = new List<Element>();
        DiscriminatorPath.Evaluate(item, steps, 0, run, found);
        return found.Exists(e => test(e));
    }
}

/// <summary>A value there is the one expected, or has what is expected.</summary>
internal sealed record ValueTest(IReadOnlyList<DiscriminatorStep> Steps, Element Expected, bool Whole) : SliceTest
{
    internal override bool Passes(Element item, ProfileRun run) =>
        AnyAt(item, Steps, run, e => Whole ? ValueComparison.IsSame(e, Expected) : ValueComparison.Fits(e, Expected));
}

internal sealed record BindingTest(IReadOnlyList<DiscriminatorStep> Steps, BindingFacts Binding) : SliceTest
{
    internal override bool Passes(Element item, ProfileRun run) => AnyAt(item, Steps, run, e => run.IsFrom(e, Binding.ValueSet) == true);
}

/// <summary>What is there conforms to what the slice says of it.</summary>
internal sealed record PartTest(IReadOnlyList<DiscriminatorStep> Steps, PlanNode Plan) : SliceTest
{
    internal override bool Passes(Element item, ProfileRun run) => AnyAt(item, Steps, run, e => run.Conforms(e, Plan));
}

/// <summary>The item as a whole conforms.</summary>
internal sealed record ConformityTest(PlanNode Plan) : SliceTest
{
    internal override bool Passes(Element item, ProfileRun run) => run.Conforms(item, Plan);
}

internal sealed record ExistsTest(IReadOnlyList<DiscriminatorStep> Steps, bool Wanted) : SliceTest
{
    internal override bool Passes(Element item, ProfileRun run) => AnyAt(item, Steps, run, static _ => true) == Wanted;
}

internal sealed record ExtensionTest(string Url) : SliceTest
{
    internal override bool Passes(Element item, ProfileRun run) => item.Child("url"u8).AsString() == Url;
}

internal sealed record TypeTest(IReadOnlyList<DiscriminatorStep> Steps, IReadOnlyList<string> Names) : SliceTest
{
    private readonly DiscriminatorStep[]? toReference = Steps.Count > 0 && Steps[^1].Kind == StepKind.Resolve ? [.. Steps.SkipLast(1)] : null;

    internal override bool Passes(Element item, ProfileRun run)
    {
        // What a reference points to need not be there: its type is written.
        if (toReference is not null)
        {
            return AnyAt(item, toReference, run, e => ReferenceTarget.TypeOf(e) is { } type && Names.Any(type.Is));
        }

        return AnyAt(item, Steps, run, e => e.Type is { } type && Names.Any(n => ProfileRun.IsOf(type, n)));
    }
}

internal sealed record ProfileTest(IReadOnlyList<DiscriminatorStep> Steps, IReadOnlyList<string> Urls) : SliceTest
{
    internal override bool Passes(Element item, ProfileRun run) => AnyAt(item, Steps, run, e => Urls.Any(url => run.ConformsTo(e, url) != false));
}
