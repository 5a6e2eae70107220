namespace Salus.Kernel;

/// <summary>A tenant: one organization whose records are apart from all others. The number is the key in every table.</summary>
public readonly record struct Tenant(int Number)
{
    /// <summary>The tenant of an installation that serves one organization.</summary>
    public static readonly Tenant Default = new(1);
}

/// <summary>Who acts, for which tenant, and what they may do. Passed explicitly through every operation of a module; never ambient.</summary>
/// <param name="Tenant">Whose record it is.</param>
/// <param name="Actor">A stable name of the person, device or component: <c>system</c>, <c>import</c>, a user's id, <c>client/</c> and an app's id.</param>
public sealed record Caller(Tenant Tenant, string Actor)
{
    /// <summary>Salus itself.</summary>
    public static readonly Caller System = new(Tenant.Default, "system") { Permit = Permit.Everything };

    /// <summary>Somebody on this machine, where sign-in is turned off: the server then listens on loopback only.</summary>
    public static readonly Caller Local = new(Tenant.Default, "local") { Permit = Permit.Everything };

    /// <summary>Nobody: a request that names no one.</summary>
    public static readonly Caller Nobody = new(Tenant.Default, "nobody");

    /// <summary>What they may do. Nothing, unless somebody decided otherwise.</summary>
    public Permit Permit { get; init; } = Permit.Nothing;

    /// <summary>The name for people, as the audit trail shows it; null for components.</summary>
    public string? Name { get; init; }

    /// <summary>Their resource in the record, as SMART's <c>fhirUser</c>: <c>Practitioner/1</c>, <c>Patient/2</c>, <c>RelatedPerson/3</c>, <c>Device/4</c>; null for none.</summary>
    public string? Person { get; init; }

    /// <summary>The roles that count for this request, by their names in the table of permissions.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The id of the app that acts for them; null for Salus's own pages.</summary>
    public string? Client { get; init; }

    /// <summary>
    /// With how much of what they may do the app acts for them, in the words of the one who decided it; null where nobody acts for them. It is kept with what is done later, so that it
    /// is done with no more (<see cref="ICallers"/>).
    /// </summary>
    public string? Delegation { get; init; }

    /// <summary>The id of the sign-in that this is part of; null for none.</summary>
    public string? Session { get; init; }

    /// <summary>Why, where it was stated: a reason of break-glass, or a code of <c>PurposeOfUse</c>.</summary>
    public string? Purpose { get; init; }

    /// <summary>The records that are open to them by break-glass at this moment.</summary>
    public IReadOnlyList<OpenedRecord> Opened { get; init; } = [];

    /// <summary>From where; null for what happens inside.</summary>
    public Origin? Origin { get; init; }

    /// <summary>Whether this is somebody.</summary>
    public bool IsKnown => Actor != Nobody.Actor;
}

/// <summary>A record that is open by break-glass.</summary>
/// <param name="Patient">The logical id of the patient.</param>
/// <param name="Opening">The id of the opening, by which the audit trail names it.</param>
public sealed record OpenedRecord(string Patient, Guid Opening);

/// <summary>Where a request came from.</summary>
/// <param name="Request">The id of the request, the same in answers, logs and the audit trail.</param>
/// <param name="Address">The network address; null where there is none.</param>
public sealed record Origin(string Request, string? Address);
