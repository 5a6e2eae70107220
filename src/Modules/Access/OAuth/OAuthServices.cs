using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Salus.Access.Accounts;
using Salus.Access.Accounts.Sessions;
using Salus.Access.Apps;
using Salus.Access.Gate;
using Salus.Access.Jose;
using Salus.Kernel;

namespace Salus.Access.OAuth;

/// <summary>Registers and maps the authorization server.</summary>
internal static class OAuthServices
{
    /// <summary>Before the cookie of sessions: a request with a bearer token is the app's, whatever cookies came along.</summary>
    public static IServiceCollection AddOAuth(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddConfigured<OAuthOptions>(configuration, "Salus:Access:OAuth");
        services.AddDataProtection();
        services.AddHttpClient(ClientKeys.HttpClient, client =>
        {
            client.Timeout = TimeSpan.FromSeconds(5);
            client.MaxResponseContentBufferSize = PublicKeySet.MostBytes;
        }).ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        services.AddSingleton<Revocations>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<TokenStore>();
        services.AddSingleton<ClientStore>();
        services.AddSingleton<ClientKeys>();
        services.AddSingleton<ClientAuthentication>();
        services.AddSingleton<UserCallers>();
        services.AddSingleton<IssuedTokens>();
        services.AddSingleton<CodeGrant>();
        services.AddSingleton<RefreshGrant>();
        services.AddSingleton<ServiceGrant>();
        services.AddSingleton<TokenEndpoint>();
        services.AddSingleton<Metadata>();
        services.AddSingleton<ConsentStore>();
        services.AddSingleton<CodeIssuer>();
        services.AddSingleton<AuthorizeEndpoint>();
        services.AddSingleton<IntrospectionEndpoint>();
        services.AddSingleton<UserInfo>();
        services.AddSingleton<ConsentEndpoints>();
        services.AddSingleton<AppEndpoints>();
        services.AddSingleton<ClientEndpoints>();
        services.AddSingleton<AppGrants>();
        services.AddSingleton<IActors, ClientActors>();
        services.AddSingleton<IDelegations, Delegations>();
        services.AddSingleton<BearerIdentity>();
        services.AddSingleton<IIdentity>(provider => provider.GetRequiredService<BearerIdentity>());
        services.AddHostedService<OAuthUpkeep>();
        return services;
    }

    public static void MapOAuth(this IEndpointRouteBuilder routes)
    {
        var all = routes.MapGroup("").AddEndpointFilter(OnlyWithSignInAsync);
        all.MapGet("/fhir/.well-known/smart-configuration", (HttpContext http, Metadata metadata) => metadata.Smart(http)).ForEverybody();
        all.MapGet("/.well-known/openid-configuration", (HttpContext http, Metadata metadata) => metadata.OpenId(http)).ForEverybody();
        all.MapGet("/oauth/jwks", (HttpContext http, Metadata metadata, CancellationToken ct) => metadata.KeysAsync(http, ct)).ForEverybody();
        // Apps say themselves who they are; a cookie that a browser sends along counts for nothing.
        all.MapPost("/oauth/token", (HttpContext http, TokenEndpoint endpoint, CancellationToken ct) => endpoint.PostAsync(http, ct)).WithMetadata(CookieIgnored.Here).ForEverybody();
        all.MapGet("/oauth/authorize", (HttpContext http, AuthorizeEndpoint endpoint, CancellationToken ct) => endpoint.GetAsync(http, ct)).ForEverybody();
        all.MapPost("/oauth/authorize", (Delegate)AuthorizeEndpoint.PostAsync).WithMetadata(CookieIgnored.Here).ForEverybody();
        all.MapPost("/oauth/introspect", (HttpContext http, IntrospectionEndpoint endpoint, CancellationToken ct) => endpoint.IntrospectAsync(http, ct)).WithMetadata(CookieIgnored.Here).ForEverybody();
        all.MapPost("/oauth/revoke", (HttpContext http, IntrospectionEndpoint endpoint, CancellationToken ct) => endpoint.RevokeAsync(http, ct)).WithMetadata(CookieIgnored.Here).ForEverybody();
        // It looks at the token itself: the gate lets apps into routes of the record only.
        all.MapMethods("/oauth/userinfo", [HttpMethods.Get, HttpMethods.Post], (HttpContext http, UserInfo info, CancellationToken ct) => info.GetAsync(http, ct)).WithMetadata(CookieIgnored.Here).ForEverybody();
        MapApps(all);
    }

    private static void MapApps(IEndpointRouteBuilder all)
    {
        all.MapGet("/access/consent/{id}", (HttpContext http, string id, ConsentEndpoints endpoints, CancellationToken ct) => endpoints.GetAsync(http, id, ct)).ForSignedIn();
        all.MapPost("/access/consent/{id}", (HttpContext http, string id, ConsentEndpoints endpoints, CancellationToken ct) =>
            BodyAsync<ConsentAnswer>(http, answer => endpoints.PostAsync(http, id, answer, ct))).ForSignedIn();
        all.MapGet("/access/apps", (HttpContext http, AppEndpoints endpoints, CancellationToken ct) => endpoints.ListAsync(http, ct)).ForSignedIn();
        all.MapDelete("/access/apps/{id:guid}", (HttpContext http, Guid id, AppEndpoints endpoints, CancellationToken ct) => endpoints.RemoveAsync(http, id, ct)).ForSignedIn();
        all.MapPost("/access/launch", (HttpContext http, AppEndpoints endpoints, CancellationToken ct) => BodyAsync<LaunchOrder>(http, order => endpoints.LaunchAsync(http, order, ct))).ForSignedIn();

        const string Clients = "/admin/access/clients";
        all.MapGet(Clients, (HttpContext http, ClientEndpoints endpoints, CancellationToken ct) => endpoints.ListAsync(http, ct)).ForPermission(Permissions.Apps);
        all.MapPost(Clients, (HttpContext http, ClientEndpoints endpoints, CancellationToken ct) => BodyAsync<ClientInput>(http, input => endpoints.AddAsync(http, input, ct))).ForPermission(Permissions.Apps).NeedsFreshProof();
        all.MapGet(Clients + "/{id}", (HttpContext http, string id, ClientEndpoints endpoints, CancellationToken ct) => endpoints.GetAsync(http, id, ct)).ForPermission(Permissions.Apps);
        all.MapPut(Clients + "/{id}", (HttpContext http, string id, ClientEndpoints endpoints, CancellationToken ct) =>
            BodyAsync<ClientInput>(http, input => endpoints.UpdateAsync(http, id, input, ct))).ForPermission(Permissions.Apps).NeedsFreshProof();
        all.MapDelete(Clients + "/{id}", (HttpContext http, string id, ClientEndpoints endpoints, CancellationToken ct) => endpoints.RemoveAsync(http, id, ct)).ForPermission(Permissions.Apps).NeedsFreshProof();
    }

    private static async Task<IResult> BodyAsync<T>(HttpContext http, Func<T, Task<IResult>> run)
        where T : class
    {
        var read = await JsonBody.ReadAsync<T>(http);
        return read.Failed(out var failure) ? Body.Refuse(failure) : await run(read.Value);
    }

    // Where nobody signs in, there is nobody whom an app could act for, and the API is open: a document here would send apps to a sign-in that is not there.
    private static async ValueTask<object?> OnlyWithSignInAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (context.HttpContext.RequestServices.GetRequiredService<IOptions<AccessOptions>>().Value.SignIn)
        {
            return await next(context);
        }

        await Refusal.WriteAsync(context.HttpContext, StatusCodes.Status404NotFound, "not-found", "Sign-in is turned off (Salus:Access:SignIn), so there are no apps to authorize.");
        return Results.Empty;
    }
}
