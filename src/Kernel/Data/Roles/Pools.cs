using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Salus.Kernel;

/// <summary>All connections to a started database, by role.</summary>
internal sealed class Pools(NpgsqlDataSource owner, DatabaseRoles roles, KernelOptions options, ILoggerFactory? loggers) : IAsyncDisposable
{
    /// <summary>Of the owner: as many as do something for the tables at the same time, not as many as there are requests.</summary>
    public const int OwnerSize = 4;

    private readonly ConcurrentDictionary<Tenant, Lazy<TenantPools>> tenants = new();
    private readonly ConcurrentDictionary<Tenant, bool> made = new();

    public NpgsqlDataSource Owner { get; } = owner;

    public DatabaseRoles Roles => roles;

    public NpgsqlDataSource Source { get; } = Pool.Build(roles.ConnectionString(roles.Names.System), options.PoolSize, planAnew: false, loggers);

    public NpgsqlDataSource AdHoc { get; } = Pool.Build(roles.ConnectionString(roles.Names.System), Database.SearchPlaces(options), planAnew: true, loggers);

    /// <summary>How many connections there may be at once, with one tenant.</summary>
    public static int Most(KernelOptions options) => OwnerSize + (2 * options.PoolSize) + Database.SearchPlaces(options);

    public TenantPools For(Tenant tenant) => tenants.TryGetValue(tenant, out var known) ? known.Value : tenants.GetOrAdd(tenant, t => new Lazy<TenantPools>(() => Build(t))).Value;

    public void Clear()
    {
        Owner.Clear();
        Source.Clear();
        AdHoc.Clear();
        foreach (var pools in tenants.Values.Where(p => p.IsValueCreated))
        {
            pools.Value.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pools in tenants.Values.Where(p => p.IsValueCreated))
        {
            await pools.Value.DisposeAsync();
        }

        await AdHoc.DisposeAsync();
        await Source.DisposeAsync();
        await Owner.DisposeAsync();
    }

    private TenantPools Build(Tenant tenant)
    {
        var address = roles.ConnectionString(roles.Names.Of(tenant));
        var (pool, search) = (options.PoolSize, Database.SearchPlaces(options));
        return tenant == Tenant.Default
            ? new TenantPools(Pool.Build(address, pool, planAnew: false, loggers, "salus-tenant"), Pool.Build(address, search, planAnew: true, loggers, "salus-tenant-search"))
            : new TenantPools(
                Pool.Build(address, Math.Max(2, pool / 2), planAnew: false, loggers, "salus-tenants", ct => MakeAsync(tenant, ct)),
                Pool.Build(address, Math.Max(2, search / 2), planAnew: true, loggers, "salus-tenants-search", ct => MakeAsync(tenant, ct)));
    }

    // Asked for when a connection is opened, so a tenant's role is there before its first session.
    private async ValueTask<string> MakeAsync(Tenant tenant, CancellationToken ct)
    {
        if (!made.ContainsKey(tenant))
        {
            await roles.EnsureAsync(tenant, ct);
            made[tenant] = true;
        }

        return new NpgsqlConnectionStringBuilder(roles.ConnectionString(roles.Names.Of(tenant))).Password!;
    }
}
