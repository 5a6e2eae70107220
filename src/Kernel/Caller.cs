namespace Salus.Kernel;

/// <summary>A tenant: one organization whose records are apart from all others. The number is the key in every table.</summary>
public readonly record struct Tenant(int Number)
{
    /// <summary>The tenant of an installation that serves one organization.</summary>
    public static readonly Tenant Default = new(1);
}

/// <summary>Who acts, and for which tenant. Passed explicitly through every operation of a module; never ambient.</summary>
/// <param name="Tenant">Whose record it is.</param>
/// <param name="Actor">A stable name of the person, device or component: <c>system</c>, <c>import</c>, a user's id.</param>
public sealed record Caller(Tenant Tenant, string Actor)
{
    /// <summary>Salus itself.</summary>
    public static readonly Caller System = new(Tenant.Default, "system");

    /// <summary>Somebody on this machine, while sign-in does not exist yet and the server listens on loopback only.</summary>
    public static readonly Caller Local = new(Tenant.Default, "local");
}
