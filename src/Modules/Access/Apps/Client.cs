using Salus.Access.OAuth;
using Salus.Kernel;

namespace Salus.Access.Apps;

/// <summary>What an app is able to keep secret (RFC 6749, section 2.1).</summary>
internal enum ClientKind
{
    /// <summary>Nothing: an app in a browser or on a telephone.</summary>
    Public,
    /// <summary>A secret or a private key: an app with a server.</summary>
    Confidential,
    /// <summary>A private key, and it acts by itself, without a user (SMART Backend Services).</summary>
    Service,
}

/// <summary>A registered app (OAuth client). Immutable.</summary>
/// <param name="Id">Its <c>client_id</c>.</param>
/// <param name="Tenant">Whose record it works with.</param>
/// <param name="Name">For people.</param>
internal sealed record Client(string Id, Tenant Tenant, string Name, ClientKind Kind)
{
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary>Where it is opened from a chart; null when it cannot be.</summary>
    public string? LaunchUri { get; init; }

    /// <summary>Its home page, for people.</summary>
    public string? Url { get; init; }

    /// <summary>What it may ask for at most.</summary>
    public ScopeSet Scopes { get; init; } = ScopeSet.Of([]);

    /// <summary>SHA-256 of its secret; null for none.</summary>
    public byte[]? SecretHash { get; init; }

    /// <summary>Its public keys, as JSON Web Key Set.</summary>
    public string? Jwks { get; init; }

    /// <summary>Where its public keys are.</summary>
    public string? JwksUrl { get; init; }

    public bool Active { get; init; } = true;

    public DateTimeOffset CreatedAt { get; init; }

    public int Version { get; init; } = 1;

    /// <summary>As the audit trail and jobs keep it.</summary>
    public string Actor => $"client/{Id}";
}
