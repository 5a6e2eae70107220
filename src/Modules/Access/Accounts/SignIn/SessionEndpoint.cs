using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Salus.Access.Accounts.Sessions;
using Salus.Access.BreakGlass;
using Salus.Fhir.Definitions;
using Salus.Kernel;

namespace Salus.Access.Accounts.SignIn;

/// <summary><c>GET /access/session</c>: who is signed in, and the antiforgery token.</summary>
internal sealed class SessionEndpoint(
    AccountTable table, AccountDirectory directory, SignInFlow flow, Database database, Openings openings, IEnumerable<ISessionExtras> extras, IOptions<AccessOptions> options,
    IOptions<AccountOptions> accounts)
{
    public async Task<IResult> GetAsync(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (!options.Value.SignIn)
        {
            return Results.Json(new { SignIn = false, FirstRun = false, Antiforgery = "", Providers = Array.Empty<object>(), Account = LocalAccount(http) });
        }

        var ct = http.RequestAborted;
        var caller = http.Caller();
        var pending = http.Features.Get<PendingSession>();
        var answer = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["signIn"] = true,
            ["firstRun"] = !caller.IsKnown && pending is null && !await table.AnyAdministratorAsync(ct),
            ["antiforgery"] = caller.IsKnown && http.Features.Get<SignedIn>() is null ? "" : Antiforgery(http, caller.IsKnown || pending is not null),
            ["idleMinutes"] = accounts.Value.SessionIdleMinutes,
            ["providers"] = Array.Empty<object>(),
            ["account"] = caller.IsKnown ? await AccountAsync(http, caller, ct) : null,
        };
        foreach (var extra in extras)
        {
            await extra.AddAsync(http, answer, ct);
        }

        if (pending is not null)
        {
            answer["pending"] = pending.Session.Stage;
        }

        return Results.Json(answer);
    }

    // Without a session the token belongs to a cookie that says nothing else: a page elsewhere must not sign somebody in under another name.
    private static string Antiforgery(HttpContext http, bool hasSession)
    {
        if (hasSession)
        {
            return SessionCookies.Antiforgery(SessionCookies.SessionOf(http)!);
        }

        var secret = SessionCookies.StartOf(http) ?? Secret.New();
        SessionCookies.SetStart(http, secret);
        return SessionCookies.Antiforgery(secret);
    }

    private async Task<object> AccountAsync(HttpContext http, Caller caller, CancellationToken ct)
    {
        // A bearer token may ask too; it has no account page.
        var user = http.Features.Get<SignedIn>() is { } signedIn ? await directory.UserAsync(signedIn.Account.Id, ct) : null;
        var opened = user is null ? [] : await openings.ActiveAsync(user.ToAccount(), ct);

        return new
        {
            Id = user?.Id.ToString("N") ?? caller.Actor,
            user?.UserName,
            caller.Name,
            caller.Roles,
            caller.Person,
            Tenant = new { caller.Tenant.Number, Name = await database.Source.ScalarAsync<string>("select name from access.tenant where number = $1", ct, caller.Tenant.Number) },
            Permissions = caller.Permit.Permissions.Order(StringComparer.Ordinal),
            Reads = Reads(caller.Permit),
            Home = Homes.Of(caller),
            SecondFactor = new { Totp = user?.TotpConfirmed ?? false, Passkeys = user?.Passkeys ?? 0, Required = user is not null && flow.NeedsSecondFactor(user) },
            caller.Session,
            BreakGlass = opened.Select(o => new { o.Id, o.Patient, o.Until, o.Reason }),
        };
    }

    // So that pages leave out what they would be refused. Null for all types, and for who may open any of them in an emergency.
    private static List<string>? Reads(Permit permit)
    {
        if (permit.Has(Permissions.BreakGlass))
        {
            return null;
        }

        var types = FhirDefinitions.R4.ResourceTypes;
        var may = types.Select(t => t.Name).Where(t => permit.For(t, Interactions.Search) is not null).ToList();
        return may.Count == types.Count ? null : may;
    }

    private static object LocalAccount(HttpContext http)
    {
        var caller = http.Caller();
        return new
        {
            Id = caller.Actor,
            UserName = caller.Actor,
            Name = "This computer",
            caller.Roles,
            Tenant = new { caller.Tenant.Number, Name = "Salus" },
            Permissions = caller.Permit.Permissions.Order(StringComparer.Ordinal),
            Home = Homes.Of(caller),
            SecondFactor = new { Totp = false, Passkeys = 0, Required = false },
            Session = "",
            BreakGlass = Array.Empty<object>(),
        };
    }
}

/// <summary>Adds to the answer of the session what another part knows: providers, demo accounts.</summary>
internal interface ISessionExtras
{
    ValueTask AddAsync(HttpContext http, IDictionary<string, object?> answer, CancellationToken ct);
}

/// <summary>The page with which somebody begins, by what they may do.</summary>
internal static class Homes
{
    public static string Of(Caller caller) => caller switch
    {
        { Person: { } person } when person.StartsWith("Patient/", StringComparison.Ordinal) => "/my-record",
        _ when caller.Roles.Contains("privacy-officer", StringComparer.Ordinal) => "/audit",
        _ when caller.Roles.Contains("administrator", StringComparer.Ordinal) => "/users",
        // They see numbers and no patients; executives have no page yet but their own account.
        _ when caller.Roles.Contains("analyst", StringComparer.Ordinal) && caller.Roles.Count == 1 => "/fhirpath",
        _ when caller.Roles.Contains("executive", StringComparer.Ordinal) && caller.Roles.Count == 1 => "/account",
        _ => "/patients",
    };
}
