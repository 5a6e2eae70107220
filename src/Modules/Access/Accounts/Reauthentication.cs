using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Salus.Access.Accounts;

/// <summary>Whether somebody proved just now that it is them, as break-glass and the administration of users want it: a session that was left open is not enough.</summary>
internal sealed class Reauthentication(IOptions<AccountOptions> options, TimeProvider time)
{
    /// <summary>True for <see cref="AccountOptions.FreshMinutes"/> after a sign-in or a reauthentication; never for bearer tokens.</summary>
    public bool IsFresh(HttpContext http) =>
        http.Features.Get<SignedIn>() is { } signedIn && time.GetUtcNow() - signedIn.FreshAt < TimeSpan.FromMinutes(options.Value.FreshMinutes);

    /// <summary>Asks for it. 428 (RFC 6585, section 3): 401 would say that the session is over, 403 that a proof changes nothing.</summary>
    public static Answer Ask() => new(StatusCodes.Status428PreconditionRequired, "login", "Say once more who you are (POST /access/reauthenticate), then repeat this.");
}

/// <summary>Routes that want a fresh proof.</summary>
internal static class FreshProof
{
    /// <summary>Who comes with the cookie of a session has to have proved just now that it is them. The key of this machine is proof at each call.</summary>
    public static RouteHandlerBuilder NeedsFreshProof(this RouteHandlerBuilder route) => route.AddEndpointFilter((context, next) =>
    {
        var http = context.HttpContext;
        return http.Features.Get<SignedIn>() is null || http.RequestServices.GetRequiredService<Reauthentication>().IsFresh(http) ? next(context) : new ValueTask<object?>(Reauthentication.Ask());
    });
}
