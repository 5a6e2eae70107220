using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Salus.Access.Accounts;
using Salus.Access.Apps;
using Salus.Access.Gate;
using Salus.Kernel;

namespace Salus.Access.OAuth;

/// <summary>GET and POST /oauth/authorize (OAuth 2.1, section 3.1): from the app to the sign-in, to the question, and back.</summary>
internal sealed class AuthorizeEndpoint(ClientStore clients, ConsentStore consents, CodeIssuer codes, IOptions<OAuthOptions> options, TimeProvider time)
{
    /// <summary>A request as a form becomes one as an address: a browser does not send the cookie of the session with a form of another site, and with a link it does.</summary>
    public static async Task<IResult> PostAsync(HttpContext http)
    {
        var form = await Parameters.OfFormAsync(http);
        return form.Failed(out var error)
            ? await RefuseAsync(http, error)
            : See(http, QueryHelpers.AddQueryString("/oauth/authorize", form.Value.All.Select(p => new KeyValuePair<string, string?>(p.Key, p.Value))));
    }

    public async Task<IResult> GetAsync(HttpContext http, CancellationToken ct)
    {
        if (OAuthAddresses.Of(http, options) is not { } addresses)
        {
            return await RefuseAsync(http, OAuthAddresses.Unknown);
        }

        var query = Parameters.Of(http.Request.Query);
        if (query.Failed(out var error))
        {
            return await RefuseAsync(http, error);
        }

        var client = query.Value["client_id"] is { } id ? await clients.FindAsync(id, ct) : null;
        var redirect = AuthorizationRequest.RedirectUri(client, query.Value);
        if (redirect.Failed(out error))
        {
            return await RefuseAsync(http, error);
        }

        var (state, signedIn) = (query.Value["state"], http.Features.Get<SignedIn>());
        if (AuthorizationRequest.Problem(query.Value, addresses) is { } problem)
        {
            return See(http, AuthorizationRequest.Back(redirect.Value, addresses, state, problem));
        }

        var prompts = query.Value["prompt"]?.Split(' ') ?? [];
        if (signedIn is null && !prompts.Contains("none"))
        {
            return See(http, $"/sign-in?returnUrl={Uri.EscapeDataString($"{http.Request.Path}{http.Request.QueryString}")}");
        }

        // OpenID Connect Core, section 3.1.2.6. Somebody who signed in too long ago is not sent to the sign-in: its page would send them straight back, for ever.
        if (signedIn is null || !IsRecent(query.Value, prompts, signedIn))
        {
            return See(http, AuthorizationRequest.Back(redirect.Value, addresses, state, new OAuthError("login_required", "Nobody is signed in, or not as lately as max_age or prompt=login want it. Sign out and in again.")));
        }

        return See(http, await AskAsync(client!, query.Value, redirect.Value, addresses, signedIn, ct));
    }

    // OpenID Connect Core, section 3.1.2.1. A sign-in of the last minute is one that was made for this request. Digits that are no int are more seconds than a session lasts.
    private bool IsRecent(Parameters query, string[] prompts, SignedIn signedIn)
    {
        var most = prompts.Contains("login") ? 60 : query["max_age"] is not { } text ? int.MaxValue : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? Math.Max(seconds, 60) : int.MaxValue;
        return time.GetUtcNow() - signedIn.At <= TimeSpan.FromSeconds(most);
    }

    private async Task<string> AskAsync(Client client, Parameters query, string redirect, OAuthAddresses addresses, SignedIn signedIn, CancellationToken ct)
    {
        string Refused(string code, string description) => AuthorizationRequest.Back(redirect, addresses, query["state"], new OAuthError(code, description));

        var account = signedIn.Account;
        if (account.Tenant != client.Tenant)
        {
            return Refused("access_denied", "This app is registered with another organization.");
        }

        // Unknown and unregistered scopes are dropped (RFC 6749, section 3.3); the answer of the token endpoint says what was granted.
        var scopes = ScopeSet.Parse(query["scope"]).ForUsers().Within(client.Scopes);
        if (scopes.Texts.Count == 0)
        {
            return Refused("invalid_scope", "None of the scopes is known and registered for this app.");
        }

        var launched = query["launch"] is { } launch && scopes.Has(ScopeSet.Launch) ? await consents.TakeLaunchAsync(launch, client.Id, account.Id, ct) : null;
        if (query["launch"] is not null && launched is null)
        {
            return Refused("invalid_request", "The launch is unknown, used, too old, or of another user or app; it needs the scope launch. Open the app from the chart again.");
        }

        var request = new ConsentRequest(account.Tenant, client.Id, account.Id, redirect, scopes, query["code_challenge"]!)
        {
            Session = signedIn.Session,
            State = query["state"],
            Nonce = query["nonce"],
            Patient = launched ?? (scopes.NeedsPatient ? OwnRecord(account) : null),
            EhrLaunch = launched is not null,
            NeedsPatient = launched is null && scopes.NeedsPatient,
        };
        return await AnswerAsync(client, request, query["prompt"]?.Split(' ') ?? [], addresses, signedIn, ct);
    }

    private async Task<string> AnswerAsync(Client client, ConsentRequest request, string[] prompts, OAuthAddresses addresses, SignedIn signedIn, CancellationToken ct)
    {
        // RFC 6749, section 10.2 and RFC 8252, section 8.6: whoever is on this machine can be a public app with a loopback address, so that one asks each time.
        var sure = client.Kind == ClientKind.Confidential || request.RedirectUri.StartsWith("https://", StringComparison.Ordinal);
        if (sure && !request.NeedsPatient && !prompts.Contains("consent") && await IsRememberedAsync(request, ct))
        {
            return await codes.IssueAsync(request, request.Scopes, request.Patient, addresses, signedIn, ct);
        }

        return prompts.Contains("none")
            ? AuthorizationRequest.Back(request.RedirectUri, addresses, request.State, new OAuthError(request.NeedsPatient ? "interaction_required" : "consent_required", "The user has to be asked."))
            : $"/consent?request={await consents.AddAsync(request, TimeSpan.FromMinutes(options.Value.ConsentMinutes), ct)}";
    }

    private async Task<bool> IsRememberedAsync(ConsentRequest request, CancellationToken ct) =>
        request.Scopes.Within(await consents.RememberedAsync(request.Account, request.Client, ct)).Texts.Count == request.Scopes.Texts.Count;

    // A patient's own record is what their app is about, unless they choose that of somebody whose proxy they are.
    private static string? OwnRecord(Account account) => account.Person is { } person && person.StartsWith("Patient/", StringComparison.Ordinal) ? person["Patient/".Length..] : null;

    private static IResult See(HttpContext http, string address)
    {
        OAuthError.NoStore(http);
        // RFC 9700, section 4.2.4: addresses with codes are nobody's referrer.
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Headers.Location = address;
        // RFC 9700, section 4.12: 303, so that a browser never repeats a form.
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    private static async Task<IResult> RefuseAsync(HttpContext http, OAuthError error)
    {
        await Refusal.WriteAsync(http, StatusCodes.Status400BadRequest, "invalid", error.Description);
        return Results.Empty;
    }
}
