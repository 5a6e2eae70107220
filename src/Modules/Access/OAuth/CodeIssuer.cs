using Microsoft.Extensions.Options;
using Salus.Access.Accounts;
using Salus.Access.Apps;
using Salus.Kernel;

namespace Salus.Access.OAuth;

/// <summary>Begins a family of tokens, and sends its code to the app.</summary>
internal sealed class CodeIssuer(TokenStore store, ConsentStore consents, AccountDirectory accounts, AccessTokens tokens, IAuditTrail audit, IOptions<OAuthOptions> options, TimeProvider time)
{
    // RFC 6749, section 4.1.2 recommends ten minutes at most; the app takes it within seconds.
    private static readonly TimeSpan CodeLife = TimeSpan.FromMinutes(1);

    /// <summary>The address that the browser goes to.</summary>
    /// <param name="scopes">What the user allowed.</param>
    public async Task<string> IssueAsync(ConsentRequest request, ScopeSet scopes, string? patient, OAuthAddresses addresses, SignedIn signedIn, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var refreshes = scopes.Has(ScopeSet.Offline) || scopes.Has(ScopeSet.Online);
        var family = new TokenFamily(Guid.CreateVersion7(now), request.Tenant, request.Client, request.Account, scopes)
        {
            Stamp = (await accounts.UserAsync(request.Account, ct))?.Stamp,
            Session = signedIn.Session,
            SignedInAt = signedIn.At,
            Patient = patient,
            EhrLaunch = request.EhrLaunch,
            Nonce = request.Nonce,
            CreatedAt = now,
            ExpiresAt = now + (refreshes ? TimeSpan.FromDays(options.Value.RefreshTokenDays) : CodeLife + tokens.Life(service: false)),
        };
        await store.AddAsync(family, ct);
        await consents.RememberAsync(request.Tenant, request.Account, request.Client, scopes, ct);
        var code = await store.AddCodeAsync(family, request.RedirectUri, request.Challenge, CodeLife, ct);
        await audit.WriteAsync([Entry(signedIn.Account, family, patient)], ct);
        return AuthorizationRequest.Back(request.RedirectUri, addresses, request.State, ("code", code));
    }

    private static AuditEntry Entry(Account account, TokenFamily family, string? patient) =>
        new(new Caller(account.Tenant, account.Actor) { Name = account.Name, Person = account.Person, Roles = account.Roles, Session = family.Session, Client = family.Client }, AuditKind.Token)
        {
            Type = "app",
            Id = family.Client,
            Patients = patient is null ? [] : [patient],
            Detail = $"authorization_code: {family.Scopes}",
        };
}
