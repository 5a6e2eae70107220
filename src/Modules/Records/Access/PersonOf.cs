using System.Text.Json;
using Salus.Kernel;

namespace Salus.Records.Access;

/// <summary>A person with the roles that they have now.</summary>
/// <param name="Names">Their own and those of their active PractitionerRoles.</param>
/// <param name="Locations">Where they work in these roles: <c>Location/1</c>.</param>
/// <param name="Organizations">For whom: <c>Organization/1</c>.</param>
internal sealed record Person(IReadOnlyList<PersonName> Names, IReadOnlyList<string> Locations, IReadOnlyList<string> Organizations)
{
    /// <summary>Whether a reference is to them.</summary>
    public bool Is(string? reference) => PersonName.Parse(reference) is { } name && Names.Contains(name);
}

/// <summary>Looks up the roles of persons.</summary>
internal sealed class PersonOf
{
    private readonly ReachQueries queries;
    private readonly TimeProvider time;
    private readonly LookedUp<(Tenant Tenant, PersonName Name), Person> known;

    public PersonOf(ReachQueries queries, TypePositions positions, TimeProvider time)
    {
        (this.queries, this.time) = (queries, time);
        known = new(positions, time, ["PractitionerRole"], (k, ct) => LookAsync(k.Tenant, k.Name, ct));
    }

    public ValueTask<Person> GetAsync(Tenant tenant, PersonName name, CancellationToken ct) => known.GetAsync(tenant, (tenant, name), ct);

    private async Task<Person> LookAsync(Tenant tenant, PersonName name, CancellationToken ct)
    {
        if (name.Type != "Practitioner")
        {
            return new Person([name], [], []);
        }

        var now = time.GetUtcNow();
        var roles = (await queries.FindAsync(tenant, "PractitionerRole", ct, [queries.Refers("PractitionerRole", "practitioner", name)]))
            .FindAll(r => r.Content.Child("active")?.ValueKind != JsonValueKind.False && r.Content.IsWithin("period", now));
        return new Person(
            [name, .. roles.Select(r => new PersonName("PractitionerRole", r.Id))],
            [.. roles.SelectMany(r => r.Content.List("location")).Select(l => l.Text("reference")).OfType<string>()],
            [.. roles.Select(r => r.Content.Reference("organization")).OfType<string>()]);
    }
}
