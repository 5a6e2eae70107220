using Salus.Kernel;

namespace Salus.Access.Accounts;

/// <summary>What of a user's account decides what they may do.</summary>
/// <param name="Id">Never reused.</param>
/// <param name="Tenant">The organization whose record they work with.</param>
/// <param name="UserName">What they sign in with.</param>
/// <param name="Name">For people.</param>
/// <param name="Roles">Names in the table of permissions (<c>Roles/permissions.txt</c>).</param>
internal sealed record Account(Guid Id, Tenant Tenant, string UserName, string Name, IReadOnlyList<string> Roles)
{
    /// <summary>Their resource in the record: <c>Practitioner/1</c>, <c>Patient/2</c>, <c>RelatedPerson/3</c>; null for none.</summary>
    public string? Person { get; init; }

    /// <summary>Locations where they work beside those of their PractitionerRoles: <c>Location/3</c>.</summary>
    public IReadOnlyList<string> Wards { get; init; } = [];

    /// <summary>As the log, jobs and the audit trail keep it.</summary>
    public string Actor => $"user/{Id:N}";
}
