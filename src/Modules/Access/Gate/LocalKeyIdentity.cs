using System.Net;
using Microsoft.AspNetCore.Http;
using Salus.Access.Accounts;
using Salus.Kernel;

namespace Salus.Access.Gate;

/// <summary>The commands of this machine's administrator (<see cref="LocalKey"/>).</summary>
internal sealed class LocalKeyIdentity(LocalKey key) : IIdentity
{
    private const string Scheme = "Bearer ";
    private const string Actor = "machine/";

    private static readonly Caller Machine = Caller.Local with { Actor = Actor, Name = "administrator of this machine" };

    public ValueTask<Outcome<Caller?>> FindAsync(HttpContext http, CancellationToken ct)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || header[Scheme.Length..].Trim() is not { } token || !LocalKey.IsOne(token))
        {
            return new((Caller?)null);
        }

        return new(key.Is(token) && http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            ? Machine
            : (Outcome<Caller?>)new Failure(FailureKind.Invalid, "login", "The key of this machine is not the one of the running server. 'salus token' prints it; it is new at each start."));
    }

    /// <summary>What that administrator asked for earlier.</summary>
    internal sealed class Actors : IActors
    {
        public string Prefix => Actor;

        public ValueTask<Caller?> FindAsync(Tenant tenant, string id, string? delegation, CancellationToken ct) => new(Machine with { Tenant = tenant });
    }
}
