using Salus.Access.Roles;
using Salus.Kernel;

namespace Salus.Access.Accounts;

/// <summary>Knows how apps act for accounts.</summary>
internal interface IDelegations
{
    /// <summary>What an app was allowed, by the text that <see cref="Caller.Delegation"/> kept; null when the user or an administrator took it back.</summary>
    ValueTask<AppAccess?> FindAsync(Tenant tenant, Guid account, string delegation, CancellationToken ct);
}
