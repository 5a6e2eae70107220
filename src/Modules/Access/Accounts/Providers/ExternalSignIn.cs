using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Http;
using Salus.Access.Accounts.Sessions;
using Salus.Access.Accounts.SignIn;
using Salus.Access.Tenants;
using Salus.Kernel;

namespace Salus.Access.Accounts.Providers;

/// <summary>
/// From the answer of a provider to an account here. The claims are asked for at the provider with the access token, over TLS; no ID token is used, and so no signature is trusted that
/// nobody has checked.
/// </summary>
internal sealed class ExternalSignIn(AccountTable table, TenantTable tenants, Database database, SignInFlow flow, AccountAudit audit, TimeProvider time)
{
    private const string UserName = "salus:user-name";

    public static async Task ReadAsync(OAuthCreatingTicketContext context, ProviderOptions provider)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, context.Options.UserInformationEndpoint);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", context.AccessToken);
        using var answer = await context.Backchannel.SendAsync(request, context.HttpContext.RequestAborted);
        answer.EnsureSuccessStatusCode();
        var claims = await answer.Content.ReadFromJsonAsync<JsonElement>(context.HttpContext.RequestAborted);
        if (Texts.FirstUnstorable(claims) is not null)
        {
            throw new AuthenticationFailureException("The provider sent a text that cannot be kept.");
        }

        if (Text(claims, provider.SubjectClaim) is not { Length: > 0 and <= 255 } subject)
        {
            throw new AuthenticationFailureException("The provider names no subject.");
        }

        context.Identity!.AddClaim(new Claim(ClaimTypes.NameIdentifier, subject));
        context.Identity.AddClaim(new Claim(ClaimTypes.Name, Text(claims, "name") ?? subject));
        if (provider.UserNameClaim is { } claim && Text(claims, claim) is { } userName && UserNames.Malformed(userName) is null)
        {
            context.Identity.AddClaim(new Claim(UserName, userName));
        }
    }

    public async Task FinishAsync(TicketReceivedContext context, string id, ProviderOptions provider)
    {
        var http = context.HttpContext;
        context.HandleResponse();
        var user = await AccountAsync(context.Principal!, id, provider, http.RequestAborted);
        if (user is not { State: AccountState.Active })
        {
            await audit.WriteAsync(http, AuditKind.SignIn, user, $"signed in at {id}, but has no active account here", http.RequestAborted, success: false);
            http.Response.Redirect("/sign-in?error=no-account");
            return;
        }

        var stage = await flow.ExternalAsync(http, user, "fed");
        var target = ProviderServices.LocalPath(context.ReturnUri);
        http.Response.Redirect(stage == SessionStage.Done ? target : $"/sign-in?returnUrl={Uri.EscapeDataString(target)}");
    }

    public async Task FailedAsync(RemoteFailureContext context, string id)
    {
        // The message may quote what the provider sent.
        await audit.WriteAsync(context.HttpContext, AuditKind.SignIn, null, $"sign-in at {id} failed", context.HttpContext.RequestAborted, success: false);
        context.HandleResponse();
        context.Response.Redirect("/sign-in?error=external");
    }

    private async Task<User?> AccountAsync(ClaimsPrincipal principal, string id, ProviderOptions provider, CancellationToken ct)
    {
        var subject = principal.FindFirstValue(ClaimTypes.NameIdentifier)!;
        var linked = await database.Source.ScalarAsync<Guid>("select account from access.external_login where provider = $1 and subject = $2", ct, id, subject);
        if (linked != Guid.Empty)
        {
            return await table.FindAsync(linked, ct) is { } known && known.Tenant == provider.Tenant ? known : null;
        }

        if (principal.FindFirstValue(UserName) is not { } claimed)
        {
            return null;
        }

        var userName = await table.NormalAsync(claimed, ct);
        var user = await table.FindByNameAsync(userName, ct);
        if (user is null && provider.CreateAccounts && UserNames.Problem(userName) is null && await tenants.ExistsAsync(new Tenant(provider.Tenant), ct))
        {
            var made = new User { Id = Guid.CreateVersion7(time.GetUtcNow()), Tenant = provider.Tenant, UserName = userName, Name = Shortened(principal.FindFirstValue(ClaimTypes.Name)!), Stamp = Secret.New() };
            user = await table.AddAsync(made, ct) ? made : null;
        }

        // An account is of one person there: a user name that somebody else has taken over later opens nothing.
        return user is { Demo: false } && user.Tenant == provider.Tenant && await LinkAsync(id, subject, user.Id, ct) ? user : null;
    }

    private async Task<bool> LinkAsync(string id, string subject, Guid account, CancellationToken ct) => await database.Source.RunAsync(
        """
        insert into access.external_login (provider, subject, account) select $1, $2, $3
        where not exists (select from access.external_login where provider = $1 and account = $3) on conflict do nothing
        """,
        ct, id, subject, account) == 1;

    private static string Shortened(string name) => name.Length <= 200 ? name : name[..200];

    private static string? Text(JsonElement claims, string name) => claims.ValueKind == JsonValueKind.Object && claims.TryGetProperty(name, out var value)
        ? value.ValueKind switch { JsonValueKind.String => value.GetString(), JsonValueKind.Number => value.GetRawText(), _ => null }
        : null;
}
