using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Salus.Access.Apps;
using Salus.Kernel;

namespace Salus.Access.OAuth;

/// <summary>POST /oauth/token (OAuth 2.1, section 3.2).</summary>
internal sealed class TokenEndpoint(ClientAuthentication authentication, CodeGrant codes, RefreshGrant refreshes, ServiceGrant services, IAuditTrail audit, IOptions<OAuthOptions> options)
{
    public async Task<IResult> PostAsync(HttpContext http, CancellationToken ct)
    {
        if (OAuthAddresses.Of(http, options) is not { } addresses)
        {
            return OAuthAddresses.Unknown.ToResult();
        }

        var form = await Parameters.OfFormAsync(http);
        if (form.Failed(out var error))
        {
            return error.ToResult();
        }

        var client = await authentication.AuthenticateAsync(http, form.Value, addresses, ct);
        if (client.Failed(out error))
        {
            await AuditAsync(http, new Caller(Tenant.Default, Caller.Nobody.Actor), $"{form.Value["grant_type"]}: {error.Code}", failed: true, ct);
            return error.ToResult();
        }

        // OAuth 2.1 has no implicit and no password grant.
        var answer = form.Value["grant_type"] switch
        {
            "authorization_code" => await codes.RedeemAsync(client.Value, form.Value, addresses, ct),
            "refresh_token" => await refreshes.RedeemAsync(client.Value, form.Value, addresses, ct),
            "client_credentials" => await services.RedeemAsync(client.Value, form.Value, addresses, ct),
            _ => new OAuthError("unsupported_grant_type", "grant_type has to be authorization_code, refresh_token or client_credentials."),
        };
        var caller = new Caller(client.Value.Tenant, client.Value.Actor) { Name = client.Value.Name, Client = client.Value.Id };
        var failed = answer.Failed(out error);
        await AuditAsync(http, caller, failed ? $"{form.Value["grant_type"]}: {error!.Code}" : $"{form.Value["grant_type"]}: {answer.Value["scope"]}", failed, ct);
        OAuthError.NoStore(http);
        return failed ? error!.ToResult() : Results.Json(answer.Value);
    }

    private async Task AuditAsync(HttpContext http, Caller caller, string detail, bool failed, CancellationToken ct) => await audit.WriteAsync(
        [new AuditEntry(caller with { Origin = http.Caller().Origin }, AuditKind.Token) { Type = "app", Id = caller.Client, Outcome = failed ? AuditOutcome.MinorFailure : AuditOutcome.Success, Detail = Short(detail) }], ct);

    private static string Short(string text) => new([.. text.Take(500).Where(c => !char.IsControl(c))]);
}
