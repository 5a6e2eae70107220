using Salus.Access.Accounts;
using Salus.Access.Accounts.Sessions;
using Salus.Access.Roles;
using Salus.Kernel;

namespace Salus.Access.OAuth;

/// <summary>The users behind families of tokens.</summary>
internal sealed class UserCallers(AccountDirectory accounts, SessionKeeper sessions, Permits permits)
{
    /// <summary>The account, if it may act and its password and second factor are still those of then; else null.</summary>
    public async ValueTask<Account?> AccountAsync(TokenFamily family, CancellationToken ct) =>
        family.Account is { } id && await accounts.UserAsync(id, ct) is { State: AccountState.Active } user && user.Stamp == family.Stamp ? await accounts.FindAsync(family.Tenant, id, ct) : null;

    /// <summary>Whether an app that may go on as long as the user is signed in (online_access) may go on. Always true with offline_access.</summary>
    public async ValueTask<bool> IsSignedInAsync(TokenFamily family, CancellationToken ct) =>
        family.Scopes.Has(ScopeSet.Offline) || (family.Account is { } account && (await sessions.OfAsync(account, ct)).Any(s => s.Id.ToString("N") == family.Session));

    /// <summary>The user with today's roles, and the app as one more layer; null when the account may not act.</summary>
    public async ValueTask<Caller?> FindAsync(TokenFamily family, AppAccess app, string delegation, CancellationToken ct) =>
        await AccountAsync(family, ct) is { } account ? await permits.OfUserAsync(account, family.Session, app, ct) with { Delegation = delegation } : null;
}
