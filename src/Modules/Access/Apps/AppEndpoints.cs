using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Salus.Access.Accounts;
using Salus.Access.OAuth;
using Salus.Kernel;

namespace Salus.Access.Apps;

/// <summary>The apps of a user: those allowed, to take them away; and opening one from a chart.</summary>
internal sealed class AppEndpoints(ConsentStore consents, ClientStore clients, TokenStore tokens, IAuditTrail audit, IOptions<OAuthOptions> options)
{
    private static readonly TimeSpan LaunchLife = TimeSpan.FromMinutes(5);

    /// <summary>GET /access/apps.</summary>
    public async Task<IResult> ListAsync(HttpContext http, CancellationToken ct)
    {
        if (http.Features.Get<SignedIn>() is not { } signedIn)
        {
            return Results.Json(Array.Empty<object>());
        }

        var list = await consents.ListAsync(signedIn.Account.Id, ct);
        return Results.Json(list.Select(c => new { c.Id, client = new { id = c.Client, name = c.ClientName }, c.Scopes, c.GrantedAt, c.LastUsedAt }));
    }

    /// <summary>DELETE /access/apps/{id}: the app loses its tokens, and asks again.</summary>
    public async Task<IResult> RemoveAsync(HttpContext http, Guid id, CancellationToken ct)
    {
        if (http.Features.Get<SignedIn>() is not { } signedIn || await consents.ForgetAsync(id, signedIn.Account.Id, ct) is not { } client)
        {
            return new Answer(StatusCodes.Status404NotFound, "not-found", "There is no such app among yours.");
        }

        await tokens.RevokeAsync(signedIn.Account.Id, client, "taken away by the user", ct);
        await audit.WriteAsync([new AuditEntry(http.Caller(), AuditKind.Consent) { Type = "app", Id = client, Detail = "taken away" }], ct);
        return Results.NoContent();
    }

    /// <summary>POST /access/launch: where to open an app for a patient (SMART App Launch 2.2, EHR launch).</summary>
    public async Task<IResult> LaunchAsync(HttpContext http, LaunchOrder order, CancellationToken ct)
    {
        if (http.Features.Get<SignedIn>() is not { } signedIn)
        {
            return new Answer(StatusCodes.Status409Conflict, "conflict", "Apps are opened by somebody who is signed in.");
        }

        if (OAuthAddresses.Of(http, options) is not { } addresses)
        {
            return new Answer(StatusCodes.Status409Conflict, "conflict", OAuthAddresses.Unknown.Description);
        }

        if (!FhirIds.IsId(order.Patient))
        {
            return new Answer(StatusCodes.Status422UnprocessableEntity, "value", "patient has to be the logical id of a Patient.", "patient");
        }

        if (order.Client is null || await clients.FindAsync(order.Client, ct) is not { Active: true, LaunchUri: { } uri } client || client.Tenant != signedIn.Account.Tenant)
        {
            return new Answer(StatusCodes.Status422UnprocessableEntity, "value", "There is no such app that can be opened from a chart: it needs a launchUri.", "client");
        }

        var launch = await consents.AddLaunchAsync(client.Tenant, client.Id, signedIn.Account.Id, order.Patient, LaunchLife, ct);
        return Results.Json(new { url = QueryHelpers.AddQueryString(uri, new Dictionary<string, string?> { ["iss"] = addresses.Fhir, ["launch"] = launch }) });
    }
}

/// <summary>The body of POST /access/launch.</summary>
internal sealed record LaunchOrder(string? Client, string? Patient);
