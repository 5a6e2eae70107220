using Salus.Access.Accounts;
using Salus.Access.Apps;
using Salus.Access.Roles;
using Salus.Kernel;

namespace Salus.Access.OAuth;

/// <summary>What an app asked for while it acted for a user, and is done later: with what its token carried then, as long as the user's consent and the app's registration still give it.</summary>
internal sealed class Delegations(ClientStore clients, ConsentStore consents, AppGrants grants) : IDelegations
{
    /// <summary>The app, the patient and the scopes, as a text to keep.</summary>
    public static string Text(string client, string? patient, ScopeSet scopes) => $"{client} {patient} {scopes}";

    public async ValueTask<AppAccess?> FindAsync(Tenant tenant, Guid account, string delegation, CancellationToken ct)
    {
        if (delegation.Split(' ', 3) is not [var id, var patient, var text] || await clients.FindAsync(id, ct) is not { Active: true } client || client.Tenant != tenant)
        {
            return null;
        }

        var scopes = ScopeSet.Parse(text).Within(client.Scopes).Within(await consents.RememberedAsync(account, id, ct));
        return scopes.Resources.Count == 0 ? null : grants.Of(id, scopes, patient.Length == 0 ? null : patient);
    }
}
