using Salus.Access.Accounts;
using Salus.Access.OAuth;
using Salus.Access.Roles;
using Salus.Kernel;

namespace Salus.Access.Apps;

/// <summary>Actors that are apps which act by themselves: with what they are registered for today.</summary>
internal sealed class ClientActors(ClientStore clients, AppGrants grants, Permits permits) : IActors
{
    public string Prefix => "client/";

    public async ValueTask<Caller?> FindAsync(Tenant tenant, string id, string? delegation, CancellationToken ct) =>
        await clients.FindAsync(id, ct) is { Active: true, Kind: ClientKind.Service } client && client.Tenant == tenant
            ? permits.OfService(tenant, client.Name, grants.OfService(client.Id, client.Scopes)) : null;
}
