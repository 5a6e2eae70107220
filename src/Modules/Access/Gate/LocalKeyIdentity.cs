using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Salus.Access.Accounts;
using Salus.Access.Tenants;
using Salus.Kernel;

namespace Salus.Access.Gate;

/// <summary>The commands of this machine's administrator (<see cref="LocalKey"/>). They act in the first tenant, or in the one that they name.</summary>
internal sealed class LocalKeyIdentity(LocalKey key, TenantTable tenants) : IIdentity
{
    /// <summary>The number of a tenant.</summary>
    public const string TenantHeader = "Salus-Tenant";

    private const string Scheme = "Bearer ";
    private const string Actor = "machine/";

    private static readonly Caller Machine = Caller.Local with { Actor = Actor, Name = "administrator of this machine" };

    public async ValueTask<Outcome<Caller?>> FindAsync(HttpContext http, CancellationToken ct)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || header[Scheme.Length..].Trim() is not { } token || !LocalKey.IsOne(token))
        {
            return (Caller?)null;
        }

        if (!key.Is(token) || http.Connection.RemoteIpAddress is not { } address || !IPAddress.IsLoopback(address))
        {
            return new Failure(FailureKind.Invalid, "login", "The key of this machine is not the one of the running server. 'salus token' prints it; it is new at each start.");
        }

        if (!http.Request.Headers.TryGetValue(TenantHeader, out var named))
        {
            return Machine;
        }

        return int.TryParse(named, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && await tenants.ExistsAsync(new Tenant(number), ct)
            ? Machine with { Tenant = new Tenant(number) }
            : new Failure(FailureKind.Invalid, "login", $"{TenantHeader} is '{named}', which is the number of no tenant here. 'salus tenants list' prints them.");
    }

    /// <summary>What that administrator asked for earlier.</summary>
    internal sealed class Actors : IActors
    {
        public string Prefix => Actor;

        public ValueTask<Caller?> FindAsync(Tenant tenant, string id, string? delegation, CancellationToken ct) => new(Machine with { Tenant = tenant });
    }
}
