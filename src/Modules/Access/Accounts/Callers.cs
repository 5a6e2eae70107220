using Microsoft.Extensions.Options;
using Salus.Access.Roles;
using Salus.Kernel;

namespace Salus.Access.Accounts;

/// <summary>Answers for one kind of actors. Register another with <c>services.AddSingleton&lt;IActors, ...&gt;()</c>.</summary>
internal interface IActors
{
    /// <summary>What their names begin with: <c>user/</c>, <c>client/</c>.</summary>
    string Prefix { get; }

    /// <summary>The caller with today's permit; null when they may not act any more.</summary>
    /// <param name="id">The actor without the prefix.</param>
    /// <param name="delegation">How an app acts for them; null where none does.</param>
    ValueTask<Caller?> FindAsync(Tenant tenant, string id, string? delegation, CancellationToken ct);
}

/// <summary>Says of a kept actor what they may do now.</summary>
internal sealed class Callers(IEnumerable<IActors> kinds, IOptions<AccessOptions> options) : ICallers
{
    private readonly OpenCallers open = new();

    public ValueTask<Caller?> FindAsync(Tenant tenant, string actor, string? delegation, CancellationToken ct)
    {
        if (!options.Value.SignIn)
        {
            return open.FindAsync(tenant, actor, delegation, ct);
        }

        if (actor == Caller.System.Actor)
        {
            return new(Caller.System with { Tenant = tenant });
        }

        // What was asked for while sign-in was off (local) belongs to nobody now.
        var kind = kinds.FirstOrDefault(k => actor.StartsWith(k.Prefix, StringComparison.Ordinal));
        return kind is null ? new((Caller?)null) : kind.FindAsync(tenant, actor[kind.Prefix.Length..], delegation, ct);
    }
}

/// <summary>Actors that are accounts.</summary>
internal sealed class UserActors(AccountDirectory accounts, Permits permits, IDelegations delegations) : IActors
{
    public string Prefix => "user/";

    public async ValueTask<Caller?> FindAsync(Tenant tenant, string id, string? delegation, CancellationToken ct)
    {
        if (!Guid.TryParseExact(id, "N", out var account) || await accounts.FindAsync(tenant, account, ct) is not { } found)
        {
            return null;
        }

        if (delegation is null)
        {
            return await permits.OfUserAsync(found, session: null, app: null, ct);
        }

        return await delegations.FindAsync(tenant, account, delegation, ct) is { } app ? await permits.OfUserAsync(found, session: null, app, ct) with { Delegation = delegation } : null;
    }
}
