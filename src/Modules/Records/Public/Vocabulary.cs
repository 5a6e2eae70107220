using Salus.Kernel;
using Salus.Records.Terminology.Store;
using Salus.Records.Terminology.ValueSets;

namespace Salus.Records;

/// <summary>
/// Questions about codes, inside this process: for bindings, FHIRPath and search. What is looked up stays in memory until a terminology resource changes, so
/// most answers take microseconds. Safe for all threads.
/// </summary>
public sealed class Vocabulary
{
    private readonly Terminologies terminologies;

    internal Vocabulary(Terminologies terminologies) => this.terminologies = terminologies;

    /// <summary>Whether a code is in a value set.</summary>
    /// <param name="tenant">Whose record.</param>
    /// <param name="valueSet">Its canonical URL, with <c>|version</c> or without.</param>
    /// <param name="system">The code system; null for a bare code, which is looked for in all systems of the value set.</param>
    /// <param name="code">The code.</param>
    /// <returns>Unknown when the value set, or a code system that decides it, is not on this server.</returns>
    /// <exception cref="Npgsql.NpgsqlException">The database is away.</exception>
    public async ValueTask<CodeAnswer> IsInAsync(Tenant tenant, string valueSet, string? system, string code, CancellationToken ct)
    {
        var view = await terminologies.CurrentAsync(tenant, ct);
        var found = await view.ValueSetAsync(valueSet, ct);
        return found.Failed(out _) ? CodeAnswer.Unknown : await new Membership(view, ct).OfAsync(found.Value, system, null, code);
    }

    /// <summary>Whether a code is one of a code system.</summary>
    /// <returns>Unknown when the code system is not here, or only in part and without this code.</returns>
    public async ValueTask<CodeAnswer> IsCodeAsync(Tenant tenant, string system, string code, CancellationToken ct)
    {
        var found = await (await terminologies.CurrentAsync(tenant, ct)).SystemAsync(system, null, ct);
        return found.Failed(out _) ? CodeAnswer.Unknown : found.Value.Find(code) >= 0 ? CodeAnswer.Yes : found.Value.IsComplete ? CodeAnswer.No : CodeAnswer.Unknown;
    }

    /// <summary>Whether a code means the same as another of its system or includes it.</summary>
    /// <returns>Unknown when the code system is not here or does not have both.</returns>
    public async ValueTask<CodeAnswer> SubsumesAsync(Tenant tenant, string system, string code, string other, CancellationToken ct)
    {
        var found = await (await terminologies.CurrentAsync(tenant, ct)).SystemAsync(system, null, ct);
        if (found.Failed(out _) || found.Value.Find(code) is not (>= 0 and var above) || found.Value.Find(other) is not (>= 0 and var below))
        {
            return CodeAnswer.Unknown;
        }

        return above == below || found.Value.IsBelow(below, above) ? CodeAnswer.Yes : CodeAnswer.No;
    }

    /// <summary>A code with all that it subsumes, or with all that subsume it. Fails with NotFound.</summary>
    /// <param name="below">True downwards, false upwards.</param>
    public async ValueTask<Outcome<IReadOnlyList<string>>> FamilyAsync(Tenant tenant, string system, string code, bool below, CancellationToken ct)
    {
        var found = await (await terminologies.CurrentAsync(tenant, ct)).SystemAsync(system, null, ct);
        if (found.Failed(out var failure))
        {
            return failure;
        }

        if (found.Value.Find(code) is not (>= 0 and var place))
        {
            return new Failure(FailureKind.NotFound, "not-found", $"There is no code '{code}' in {found.Value.Header.Canonical}.");
        }

        var family = below ? found.Value.Below(place) : found.Value.Above(place);
        family.Add(place);
        return family.Members().Select(found.Value.Code).ToList();
    }

    /// <summary>All codes of a value set. Fails with NotFound where it or a code system is not here, with TooCostly when there are more than a limit.</summary>
    public async ValueTask<Outcome<IReadOnlyList<(string System, string Code)>>> CodesAsync(Tenant tenant, string valueSet, int limit, CancellationToken ct)
    {
        var view = await terminologies.CurrentAsync(tenant, ct);
        var found = await view.ValueSetAsync(valueSet, ct);
        if (found.Failed(out var failure))
        {
            return failure;
        }

        var codes = await view.ExpandAsync(found.Value, byUrl: true, ct);
        if (codes.Failed(out failure))
        {
            return failure;
        }

        var total = codes.Value.Sum(c => c.Count);
        return total > limit
            ? new Failure(FailureKind.TooCostly, "too-costly", $"The value set {found.Value.Canonical} has {total} codes; the limit is {limit}.")
            : codes.Value.SelectMany(c => c.Codes().Select(code => (c.Url, code))).ToList();
    }
}
