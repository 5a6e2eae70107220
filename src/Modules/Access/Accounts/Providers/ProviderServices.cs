using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Salus.Access.Accounts.SignIn;
using Salus.Kernel;
using ProviderSettings = Microsoft.AspNetCore.Authentication.OAuth.OAuthOptions;

namespace Salus.Access.Accounts.Providers;

/// <summary>Sign-in at another provider, by the framework's OAuth handler: code with PKCE (RFC 7636), state bound to the browser.</summary>
internal static class ProviderServices
{
    private const string Path = "/access/sign-in/external";

    public static IServiceCollection AddProviders(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddConfigured<ProvidersOptions>(configuration, "Salus:Access");
        services.AddSingleton<Discovery>();
        services.AddSingleton<ExternalSignIn>();
        services.AddSingleton<ISessionExtras, ProviderList>();
        var providers = ConfiguredOptions.Read<ProvidersOptions>(configuration, "Salus:Access").Providers;
        if (providers.Count == 0)
        {
            return services;
        }

        var authentication = services.AddAuthentication(NobodyHandler.Name).AddScheme<AuthenticationSchemeOptions, NobodyHandler>(NobodyHandler.Name, null);
        foreach (var (id, provider) in providers)
        {
            Check(id, provider);
            var secret = SecretText.Read($"Salus:Access:Providers:{id}:ClientSecret", provider.ClientSecret, provider.ClientSecretFile) ?? "";
            authentication.AddOAuth(Scheme(id), oauth => Configure(oauth, id, provider, secret));
        }

        return services;
    }

    public static string Scheme(string id) => $"external-{id}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetRequiredService<ProvidersOptions>().Providers.Count == 0)
        {
            return;
        }

        routes.MapGet(Path + "/{provider}", ChallengeAsync).BeforeSession();
        routes.MapGet(Path + "/{provider}/callback", CallbackAsync).BeforeSession();
    }

    /// <summary>A path on this server, or the first page: never an address elsewhere.</summary>
    public static string LocalPath(string? url) =>
        url is ['/', ..] and not ['/', '/' or '\\', ..] && !url.Any(char.IsControl) && Uri.TryCreate(url, UriKind.Relative, out _) ? url : "/";

    private static void Configure(ProviderSettings oauth, string id, ProviderOptions provider, string secret)
    {
        oauth.ClientId = provider.ClientId;
        oauth.ClientSecret = secret;
        oauth.CallbackPath = $"{Path}/{id}/callback";
        oauth.AuthorizationEndpoint = provider.AuthorizationEndpoint ?? Discovery.Unknown;
        oauth.TokenEndpoint = provider.TokenEndpoint ?? Discovery.Unknown;
        oauth.UserInformationEndpoint = provider.UserInfoEndpoint ?? Discovery.Unknown;
        oauth.SignInScheme = NobodyHandler.Name;
        oauth.UsePkce = true;
        oauth.SaveTokens = false;
        oauth.RemoteAuthenticationTimeout = TimeSpan.FromMinutes(10);
        oauth.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        oauth.CorrelationCookie.SameSite = SameSiteMode.Lax;
        oauth.Scope.Clear();
        foreach (var scope in provider.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            oauth.Scope.Add(scope);
        }

        oauth.Events.OnCreatingTicket = context => ExternalSignIn.ReadAsync(context, provider);
        oauth.Events.OnTicketReceived = context => context.HttpContext.RequestServices.GetRequiredService<ExternalSignIn>().FinishAsync(context, id, provider);
        oauth.Events.OnRemoteFailure = context => context.HttpContext.RequestServices.GetRequiredService<ExternalSignIn>().FailedAsync(context, id);
    }

    private static async Task<IResult> ChallengeAsync(string provider, string? returnUrl, HttpContext http, IOptions<ProvidersOptions> options, Discovery discovery)
    {
        if (!options.Value.Providers.TryGetValue(provider, out var known))
        {
            return Answer.NotFound("There is no such provider. GET /access/session lists those that there are.");
        }

        if (await discovery.CompleteAsync(Scheme(provider), known, http.RequestAborted) is { } problem)
        {
            return new Answer(StatusCodes.Status503ServiceUnavailable, "transient", problem);
        }

        return Results.Challenge(new AuthenticationProperties { RedirectUri = LocalPath(returnUrl) }, [Scheme(provider)]);
    }

    private static async Task CallbackAsync(string provider, HttpContext http, IOptions<ProvidersOptions> options, Discovery discovery, IAuthenticationHandlerProvider handlers)
    {
        if (!options.Value.Providers.TryGetValue(provider, out var known)
            || await discovery.CompleteAsync(Scheme(provider), known, http.RequestAborted) is not null
            || await handlers.GetHandlerAsync(http, Scheme(provider)) is not IAuthenticationRequestHandler handler || !await handler.HandleRequestAsync())
        {
            await Answer.NotFound("There is no such provider, or it cannot be reached.").ExecuteAsync(http);
        }
    }

    private static void Check(string id, ProviderOptions provider)
    {
        var section = $"Salus:Access:Providers:{id}";
        if (id.Length > 30 || id.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c)))
        {
            throw new CannotStartException($"{section}: the id of a provider has lower-case letters and digits only. Rename it.");
        }

        if (provider.ClientId.Length == 0)
        {
            throw new CannotStartException($"{section}:ClientId is missing: the id that the provider gave to Salus.");
        }

        if (provider.Authority is null && (provider.AuthorizationEndpoint is null || provider.TokenEndpoint is null || provider.UserInfoEndpoint is null))
        {
            throw new CannotStartException($"{section} has to have Authority, or AuthorizationEndpoint, TokenEndpoint and UserInfoEndpoint.");
        }

        if (provider is { CreateAccounts: true, UserNameClaim: null })
        {
            throw new CannotStartException($"{section}:CreateAccounts needs UserNameClaim: the claim that becomes the user name.");
        }

        if (provider.Tenant < 1)
        {
            throw new CannotStartException($"{section}:Tenant has to be the number of a tenant: salus tenants list prints them.");
        }

        foreach (var address in new[] { provider.Authority, provider.AuthorizationEndpoint, provider.TokenEndpoint, provider.UserInfoEndpoint })
        {
            if (address is not null && Discovery.Problem(address) is { } problem)
            {
                throw new CannotStartException($"{section}: {problem}");
            }
        }
    }
}

/// <summary>Tells the sign-in page of the providers.</summary>
internal sealed class ProviderList(IOptions<ProvidersOptions> options) : ISessionExtras
{
    public ValueTask AddAsync(HttpContext http, IDictionary<string, object?> answer, CancellationToken ct)
    {
        answer["providers"] = options.Value.Providers.Select(p => new { Id = p.Key, Name = p.Value.Name ?? p.Key });
        return ValueTask.CompletedTask;
    }
}
