using Salus.Access.OAuth;
using Salus.Kernel;

namespace Salus.Access.Apps;

/// <summary>What an app asked of a user at /oauth/authorize, checked, and waiting for the answer.</summary>
/// <param name="Client">The app's id.</param>
/// <param name="Account">Who is asked; nobody else may answer.</param>
/// <param name="Scopes">What can be granted.</param>
internal sealed record ConsentRequest(Tenant Tenant, string Client, Guid Account, string RedirectUri, ScopeSet Scopes, string Challenge)
{
    /// <summary>The sign-in; another one of the same user has to ask again.</summary>
    public string? Session { get; init; }

    public string? State { get; init; }

    public string? Nonce { get; init; }

    /// <summary>The logical id of the patient whose chart the app was opened from, or of the user themselves.</summary>
    public string? Patient { get; init; }

    public bool EhrLaunch { get; init; }

    /// <summary>Whether the user has to choose a patient.</summary>
    public bool NeedsPatient { get; init; }
}
