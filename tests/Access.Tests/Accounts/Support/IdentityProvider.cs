using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Salus.Access.Tests.Accounts.Support;

/// <summary>A small OpenID provider: whoever comes is <see cref="Subject"/>. It checks client, secret, redirect address and PKCE as one has to.</summary>
internal sealed class IdentityProvider : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, (string Challenge, string Redirect)> codes = new(StringComparer.Ordinal);

    private IdentityProvider(WebApplication app) => this.app = app;

    public string Address => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public string Subject { get; set; } = "subject-1";

    public string UserName { get; set; } = "external";

    /// <summary>As the discovery document names it.</summary>
    public string? Issuer { get; set; }

    public int Exchanged { get; private set; }

    public static async Task<IdentityProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var provider = new IdentityProvider(builder.Build());
        provider.Map();
        await provider.app.StartAsync();
        return provider;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private void Map()
    {
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new Dictionary<string, string>
        {
            ["issuer"] = Issuer ?? Address, ["authorization_endpoint"] = $"{Address}/authorize", ["token_endpoint"] = $"{Address}/token", ["userinfo_endpoint"] = $"{Address}/userinfo",
        }));
        app.MapGet("/authorize", (HttpRequest request) =>
        {
            var query = request.Query;
            if (query["client_id"] != "salus" || query["code_challenge_method"] != "S256" || query["response_type"] != "code")
            {
                return Results.BadRequest();
            }

            var code = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
            codes[code] = (query["code_challenge"]!, query["redirect_uri"]!);
            return Results.Redirect($"{query["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(query["state"]!)}");
        });
        app.MapPost("/token", async (HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            var verifier = System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
            if (form["client_secret"] != "the secret" || !codes.TryRemove(form["code"].ToString(), out var known) || known.Challenge != verifier || known.Redirect != form["redirect_uri"])
            {
                return Results.BadRequest(new { error = "invalid_grant" });
            }

            Exchanged++;
            return Results.Json(new { access_token = "at", token_type = "Bearer" });
        });
        app.MapGet("/userinfo", (HttpRequest request) =>
            request.Headers.Authorization == "Bearer at" ? Results.Json(new { sub = Subject, name = "External Person", preferred_username = UserName }) : Results.Unauthorized());
    }
}
