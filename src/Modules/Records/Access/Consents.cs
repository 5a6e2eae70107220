using Salus.Kernel;

namespace Salus.Records.Access;

/// <summary>Whose Consent holds back what from whom. As current as <see cref="Reaches"/>. Safe for all threads.</summary>
internal sealed class Consents
{
    private readonly PersonOf persons;
    private readonly TimeProvider time;
    private readonly LookedUp<Tenant, IReadOnlyList<ConsentRule>> rules;
    private readonly LookedUp<(Tenant Tenant, string? Person, string Type), PatientSet?> closed;

    public Consents(ReachQueries queries, PersonOf persons, TypePositions positions, TimeProvider time)
    {
        (this.persons, this.time) = (persons, time);
        rules = new(positions, time, ["Consent"], async (tenant, ct) =>
            [.. (await queries.FindAsync(tenant, "Consent", ct, [queries.Has("Consent", "status", "active")])).SelectMany(c => ConsentRule.Of(c.Content))]);
        closed = new(positions, time, ["Consent", "PractitionerRole"], (k, ct) => LookAsync(k.Tenant, k.Person, k.Type, ct));
    }

    /// <summary>The patients whose resources of a type are withheld from the caller; null for none.</summary>
    public async ValueTask<PatientSet?> ClosedAsync(Caller caller, string type, CancellationToken ct) =>
        (await rules.GetAsync(caller.Tenant, caller.Tenant, ct)).Count == 0 ? null : await closed.GetAsync(caller.Tenant, (caller.Tenant, caller.Person, type), ct);

    private async Task<PatientSet?> LookAsync(Tenant tenant, string? name, string type, CancellationToken ct)
    {
        var person = PersonName.Parse(name) is { } known ? await persons.GetAsync(tenant, known, ct) : null;
        var now = time.GetUtcNow();
        var withheld = (await rules.GetAsync(tenant, tenant, ct)).Where(r => r.Withholds(person, type, now)).Select(r => r.Patient).ToHashSet(StringComparer.Ordinal);
        return withheld.Count == 0 ? null : new PatientSet(withheld);
    }
}
