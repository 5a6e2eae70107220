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
        if (path.Count >= MaxDepth && !path.Contains(valueSet.Canonical))
        {
            return new Failure(FailureKind.TooCostly, "too-costly", $"The value set {path.Last()} includes others in a chain of more than {MaxDepth}. Make the chain shorter, or store one of them with its expansion.");
        }

        if (path.Contains(valueSet.Canonical))
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
        var before = new CodeUnion();
        foreach (var include in valueSet.Includes)
        {
            var some = await SelectAsync(include);
            if (some.Failed(out var failure))
            {
                return failure;
            }

            // A code that came before does not come again.
            foreach (var selection in some.Value.ConvertAll(before.Missing).Where(s => s.Count > 0))
            {
                codes.Add(selection);
                if (valueSet.Includes.Count > 1)
                {
                    before.Add(selection);
                }
            }
        }

        var excluded = new CodeUnion();
        foreach (var exclude in valueSet.Excludes)
        {
            var some = await SelectAsync(exclude);
            if (some.Failed(out var failure))
            {
                return failure;
            }

            some.Value.ForEach(s => excluded.Add(s));
        }

        codes = valueSet.Excludes.Count == 0 ? codes : [.. codes.Select(excluded.Missing).Where(c => c.Count > 0)];
        return codes.ConvertAll(c => valueSet.Inactive == false ? c.Active() : c);
    }

    private Failure? Spend(List<CodeSelection> selections) => Spend(1000 + selections.Sum(s => (long)s.Count));

    private Failure? Spend(long concepts) => (work += concepts) > MaxWork
        ? new Failure(FailureKind.TooCostly, "too-costly", $"The value set {path.Last()} looks at more than {MaxWork} concepts, filters and imports together. Make it smaller.")
        : null;

    // What it gives has been charged for, so that comparing it with what came before is.
    private async Task<Outcome<List<CodeSelection>>> SelectAsync(Inclusion part)
    {
        ct.ThrowIfCancellationRequested();
        List<CodeSelection>? codes = null;
        if (part.System is not null)
        {
            var own = await OfSystemAsync(part, part.System);
            if (own.Failed(out var failure))
            {
                return failure;
            }

            codes = [own.Value];
            if (Spend(codes) is { } tooMuch)
            {
                return tooMuch;
            }
        }

        foreach (var url in part.ValueSets)
        {
            var set = await view.ValueSetAsync(url, ct);
            var imported = set.Failed(out var failure) ? failure : await CodesAsync(set.Value);
            if (imported.Failed(out failure))
            {
                return failure;
            }

            if (Spend(imported.Value) is { } tooMuch)
            {
                return tooMuch;
            }

            codes = codes is null ? imported.Value : [.. codes.Select(imported.Value.Aggregate(new CodeUnion(), (union, s) => union.Add(s)).Common).Where(c => c.Count > 0)];
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
