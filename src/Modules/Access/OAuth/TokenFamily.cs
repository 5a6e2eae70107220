using Salus.Kernel;

namespace Salus.Access.OAuth;

/// <summary>One authorization of an app. All that is issued for it is revoked with it.</summary>
/// <param name="Id">Stands in its access tokens.</param>
/// <param name="Client">The app's id.</param>
/// <param name="Account">The user; null when the app acts by itself.</param>
/// <param name="Scopes">What was granted.</param>
internal sealed record TokenFamily(Guid Id, Tenant Tenant, string Client, Guid? Account, ScopeSet Scopes)
{
    /// <summary>The account's security stamp then.</summary>
    public string? Stamp { get; init; }

    /// <summary>When the user signed in: OpenID Connect's <c>auth_time</c>.</summary>
    public DateTimeOffset? SignedInAt { get; init; }

    /// <summary>The sign-in with which the user allowed it.</summary>
    public string? Session { get; init; }

    /// <summary>The logical id of the patient of the launch.</summary>
    public string? Patient { get; init; }

    /// <summary>Opened from a chart.</summary>
    public bool EhrLaunch { get; init; }

    /// <summary>Of OpenID Connect, to be repeated in the id_token.</summary>
    public string? Nonce { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Nothing lives longer.</summary>
    public DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>A family that nobody revoked.</summary>
/// <param name="Family">What was granted.</param>
/// <param name="ClientName">The app, for people.</param>
/// <param name="Registered">What the app may ask for at most, now.</param>
internal sealed record LivingFamily(TokenFamily Family, string ClientName, ScopeSet Registered);
