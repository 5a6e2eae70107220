using Salus.Kernel;
using Salus.Records.Terminology.Content;
using Salus.Records.Terminology.Store;

namespace Salus.Records.Terminology.ValueSets;

/// <summary>Looks up what a value set is made of: all of its codes, system by system (http://hl7.org/fhir/R4/valueset.html#expansion).</summary>
internal sealed class Composition(TerminologyView view, CancellationToken ct)
{
    // Deeper than any chain of imports that makes sense.
    private const int MaxDepth = 32;

    // Concepts looked at: a second or two. Filters and imports multiply.
    private const long MaxWork = 100_000_000;

    private readonly Stack<string> path = new();
    private long work;

    /// <summary>All codes, each once, in the order of the includes. Fails where a code system or value set that it needs is not here.</summary>
    public async Task<Outcome<List<CodeSelection>>> CodesAsync(ValueSet valueSet)
    {
        if (path.Contains(valueSet.Canonical) || path.Count >= MaxDepth)
        {
            return new Failure(FailureKind.Invalid, "business-rule", $"The value set {valueSet.Canonical} includes itself: {string.Join(" > ", path.Reverse())}.");
        }

        path.Push(valueSet.Canonical);
        try
        {
            return valueSet.Expansion is { } fixedCodes ? await ListedAsync(fixedCodes) : await ComposedAsync(valueSet);
        }
        finally
        {
            path.Pop();
        }
    }

    private async Task<Outcome<List<CodeSelection>>> ComposedAsync(ValueSet valueSet)
    {
        var codes = new List<CodeSelection>();
        foreach (var include in valueSet.Includes)
        {
            var some = await SelectAsync(include);
            if (some.Failed(out var failure))
            {
                return failure;
            }

            if (Spend(some.Value) is { } tooMuch)
            {
                return tooMuch;
            }

            // A code that came before does not come again.
            codes.AddRange(some.Value.Select(s => Without(s, codes)).Where(s => s.Count > 0).ToList());
        }

        foreach (var exclude in valueSet.Excludes)
        {
            var some = await SelectAsync(exclude);
            if (some.Failed(out var failure))
            {
                return failure;
            }

            if (Spend(some.Value) is { } tooMuch)
            {
                return tooMuch;
            }

            codes = [.. codes.Select(c => Without(c, some.Value)).Where(c => c.Count > 0)];
        }

        return codes.ConvertAll(c => valueSet.Inactive == false ? c.Active() : c);
    }

    private Failure? Spend(List<CodeSelection> selections) => Spend(1000 + selections.Sum(s => (long)s.Count));

    private Failure? Spend(long concepts) => (work += concepts) > MaxWork
        ? new Failure(FailureKind.TooCostly, "too-costly", $"The value set {path.Last()} looks at more than {MaxWork} concepts, filters and imports together. Make it smaller.")
        : null;

    private static CodeSelection Without(CodeSelection selection, IEnumerable<CodeSelection> others) =>
        others.Where(o => SameSystem(o, selection)).Aggregate(selection, (rest, other) => rest.Except(other));

    // The same code in two versions of a system is the same code, unless both versions are stated.
    private static bool SameSystem(CodeSelection one, CodeSelection other) => one.Url == other.Url && (one.Version is null || other.Version is null || one.Version == other.Version);

    private async Task<Outcome<List<CodeSelection>>> SelectAsync(Inclusion part)
    {
        List<CodeSelection>? codes = null;
        if (part.System is not null)
        {
            var own = await OfSystemAsync(part, part.System);
            if (own.Failed(out var failure))
            {
                return failure;
            }

            codes = [own.Value];
        }

        foreach (var url in part.ValueSets)
        {
            var set = await view.ValueSetAsync(url, ct);
            var imported = set.Failed(out var failure) ? failure : await CodesAsync(set.Value);
            if (imported.Failed(out failure))
            {
                return failure;
            }

            codes = codes is null ? imported.Value : [.. from c in codes from o in imported.Value where SameSystem(c, o) let both = c.Intersect(o) where both.Count > 0 select both];
        }

        return codes is null
            ? new Failure(FailureKind.Invalid, "required", "An include or exclude has neither system nor valueSet.")
            : codes;
    }

    private async Task<Outcome<CodeSelection>> OfSystemAsync(Inclusion part, string url)
    {
        var found = await view.SystemAsync(url, part.Version, ct);
        if (part.Concepts.Count > 0)
        {
            return CodeSelection.Of(url, part.Version, found.Failed(out _) ? null : found.Value, part.Concepts);
        }

        if (found.Failed(out var failure))
        {
            return failure;
        }

        if (found.Value.Header.Content == SystemContent.NotPresent)
        {
            return TerminologyView.NoContent(found.Value.Header);
        }

        var bits = CodeBits.All(found.Value.Count);
        foreach (var filter in part.Filters)
        {
            var compiled = view.Filter(found.Value, filter);
            if (compiled.Failed(out failure))
            {
                return failure;
            }

            if (Spend(found.Value.Count) is { } tooMuch)
            {
                return tooMuch;
            }

            bits.And(compiled.Value.All());
        }

        return CodeSelection.Of(found.Value, bits);
    }

    private async Task<Outcome<List<CodeSelection>>> ListedAsync(IReadOnlyList<ListedCode> codes)
    {
        var selections = new List<CodeSelection>();
        foreach (var group in codes.GroupBy(c => (c.System, c.Version)))
        {
            var system = await view.SystemAsync(group.Key.System, group.Key.Version, ct);
            selections.Add(CodeSelection.Of(group.Key.System, group.Key.Version, system.Failed(out _) ? null : system.Value, group));
        }

        return selections;
    }
}
