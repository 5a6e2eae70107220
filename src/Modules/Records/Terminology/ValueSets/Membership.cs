using Salus.Kernel;
using Salus.Records.Terminology.Content;
using Salus.Records.Terminology.Store;

namespace Salus.Records.Terminology.ValueSets;

/// <summary>Whether a code is in a value set, decided for this code alone: nothing is expanded. Unknown where a code system or value set that matters is not here.</summary>
internal sealed class Membership(TerminologyView view, CancellationToken ct)
{
    private const int MaxDepth = 32;

    // More than any value set in use has, imports included.
    private const int MaxParts = 20_000;

    private int depth;
    private int parts;

    /// <summary>Why the answer is unknown; the first reason that was met.</summary>
    public Failure? Reason { get; private set; }

    /// <param name="system">Null for a bare code: it is looked for in every system of the value set.</param>
    /// <param name="version">Of the system; null for whichever.</param>
    public ValueTask<CodeAnswer> OfAsync(ValueSet valueSet, string? system, string? version, string code) => OfAsync(valueSet, system, version, code, activeOnly: false);

    private async ValueTask<CodeAnswer> OfAsync(ValueSet valueSet, string? system, string? version, string code, bool activeOnly)
    {
        if (depth >= MaxDepth)
        {
            return Unknown(new Failure(FailureKind.Invalid, "business-rule", $"The value set {valueSet.Canonical} includes itself."));
        }

        if ((parts += valueSet.Includes.Count + valueSet.Excludes.Count) > MaxParts)
        {
            return Unknown(new Failure(FailureKind.TooCostly, "too-costly", $"The value set {valueSet.Canonical} and what it imports have more than {MaxParts} includes and excludes."));
        }

        depth++;
        // A value set without inactive codes has none of those that it imports, either.
        activeOnly |= valueSet.Inactive == false;
        try
        {
            if (valueSet.Expansion is { } listed)
            {
                return await ListedAsync(listed.Where(l => l.Code == code && (system is null || l.System == system) && !l.Abstract), activeOnly);
            }

            var included = await AnyAsync(valueSet.Includes, system, version, code, activeOnly);
            if (included == CodeAnswer.No || valueSet.Excludes.Count == 0)
            {
                return included;
            }

            return await AnyAsync(valueSet.Excludes, system, version, code, activeOnly) switch { CodeAnswer.Yes => CodeAnswer.No, CodeAnswer.Unknown => CodeAnswer.Unknown, _ => included };
        }
        finally
        {
            depth--;
        }
    }

    private async ValueTask<CodeAnswer> ListedAsync(IEnumerable<ListedCode> found, bool activeOnly)
    {
        foreach (var one in found)
        {
            var inactive = activeOnly && (one.Inactive || await view.SystemAsync(one.System, one.Version, ct) is var system && !system.Failed(out _)
                && system.Value.Find(one.Code) is >= 0 and var place && system.Value.IsInactive(place));
            if (!inactive)
            {
                return CodeAnswer.Yes;
            }
        }

        return CodeAnswer.No;
    }

    private async ValueTask<CodeAnswer> AnyAsync(IReadOnlyList<Inclusion> parts, string? system, string? version, string code, bool activeOnly)
    {
        var answer = CodeAnswer.No;
        foreach (var part in parts)
        {
            switch (await InAsync(part, system, version, code, activeOnly))
            {
                case CodeAnswer.Yes:
                    return CodeAnswer.Yes;
                case CodeAnswer.Unknown:
                    answer = CodeAnswer.Unknown;
                    break;
            }
        }

        return answer;
    }

    private async ValueTask<CodeAnswer> InAsync(Inclusion part, string? system, string? version, string code, bool activeOnly)
    {
        var answer = CodeAnswer.Yes;
        if (part.System is { } own)
        {
            if ((system is not null && system != own) || (version is not null && part.Version is not null && version != part.Version))
            {
                return CodeAnswer.No;
            }

            answer = await OfSystemAsync(part, part.Version ?? version, code, activeOnly);
        }

        foreach (var url in part.ValueSets)
        {
            if (answer == CodeAnswer.No)
            {
                return answer;
            }

            var found = await view.ValueSetAsync(url, ct);
            var imported = found.Failed(out var failure) ? Unknown(failure) : await OfAsync(found.Value, system, version, code, activeOnly);
            answer = imported == CodeAnswer.Yes ? answer : imported;
        }

        return answer;
    }

    private async ValueTask<CodeAnswer> OfSystemAsync(Inclusion part, string? version, string code, bool activeOnly)
    {
        var found = await view.SystemAsync(part.System!, version, ct);
        if (found.Failed(out var failure) || found.Value.Header.Content == SystemContent.NotPresent)
        {
            return part.Concepts.Count > 0
                ? part.Lists(code) ? CodeAnswer.Yes : CodeAnswer.No
                : Unknown(failure ?? TerminologyView.NoContent(found.Value.Header));
        }

        var codes = found.Value;
        var place = codes.Find(code);
        if (place < 0)
        {
            return codes.IsComplete || (part.Concepts.Count > 0 && !part.Lists(code))
                ? CodeAnswer.No
                : part.Concepts.Count > 0 ? CodeAnswer.Yes : Unknown(TerminologyView.NotInPart(codes.Header, code));
        }

        if (activeOnly && codes.IsInactive(place))
        {
            return CodeAnswer.No;
        }

        return part.Concepts.Count > 0
            ? part.Lists(code) || part.Lists(codes.Code(place)) || (!codes.Header.CaseSensitive && part.Concepts.Any(c => codes.Find(c.Code) == place)) ? CodeAnswer.Yes : CodeAnswer.No
            : Filtered(part, codes, place);
    }

    private CodeAnswer Filtered(Inclusion part, CodeSystem codes, int place)
    {
        foreach (var filter in part.Filters)
        {
            var compiled = view.Filter(codes, filter);
            if (compiled.Failed(out var failure))
            {
                return Unknown(failure);
            }

            if (!compiled.Value.Matches(place))
            {
                return CodeAnswer.No;
            }
        }

        return CodeAnswer.Yes;
    }

    private CodeAnswer Unknown(Failure reason)
    {
        Reason ??= reason;
        return CodeAnswer.Unknown;
    }
}
