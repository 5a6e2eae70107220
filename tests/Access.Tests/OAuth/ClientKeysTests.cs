using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salus.Access.Accounts;
using Salus.Access.Apps;
using Salus.Access.Jose;
using Salus.Access.OAuth;
using Salus.Access.Tests.Support;
using Salus.Kernel;

namespace Salus.Access.Tests.OAuth;

/// <summary>Keys behind a registered address, and what is done later for an app.</summary>
public sealed class ClientKeysTests(OAuthServer server) : IClassFixture<OAuthServer>, IAsyncLifetime, IDisposable
{
    private static int count;
    private readonly string id = $"keys-{Interlocked.Increment(ref count)}";
    private readonly HttpClient http = new() { BaseAddress = server.Address };
    private WebApplication site = null!;
    private string keys = "";
    private int asked;

    public void Dispose() => http.Dispose();

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        site = builder.Build();
        site.MapGet("/jwks", () =>
        {
            Interlocked.Increment(ref asked);
            return Results.Text(keys, "application/json");
        });
        site.MapGet("/elsewhere", () => Results.Redirect("/jwks"));
        await site.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await site.DisposeAsync();
    }

    [Fact]
    public async Task Keys_are_fetched_kept_and_fetched_again_for_a_new_one()
    {
        using var first = new TestSigner(JwsAlgorithm.ES384, "one");
        using var second = new TestSigner(JwsAlgorithm.RS384, "two");
        await RegisterAsync("/jwks");
        keys = first.Jwks;
        Assert.Equal(200, await AskAsync(first, "a"));
        Assert.Equal(200, await AskAsync(first, "b"));
        Assert.Equal(1, asked);
        // Unknown keys are not asked for again and again.
        Assert.Equal(401, await AskAsync(second, "c"));
        Assert.Equal(1, asked);
        keys = second.Jwks;
        server.Clock.Move(TimeSpan.FromSeconds(11));
        Assert.Equal(200, await AskAsync(second, "d"));
        Assert.Equal(2, asked);
        Assert.Equal(401, await AskAsync(first, "e"));
    }

    [Theory]
    [InlineData("/elsewhere")] // a redirect could lead anywhere
    [InlineData("/missing")]
    public async Task Keys_that_cannot_be_had_are_none(string path)
    {
        using var signer = new TestSigner(JwsAlgorithm.ES384, "one");
        await RegisterAsync(path);
        keys = signer.Jwks;
        Assert.Equal(401, await AskAsync(signer, "a"));
    }

    [Fact]
    public async Task A_set_that_is_too_large_or_no_set_is_none()
    {
        using var signer = new TestSigner(JwsAlgorithm.ES384, "one");
        await RegisterAsync("/jwks");
        keys = signer.Jwks + new string(' ', PublicKeySet.MostBytes);
        Assert.Equal(401, await AskAsync(signer, "a"));
        keys = "<html>";
        server.Clock.Move(TimeSpan.FromSeconds(11));
        Assert.Equal(401, await AskAsync(signer, "b"));
        keys = signer.Jwks;
        server.Clock.Move(TimeSpan.FromSeconds(11));
        Assert.Equal(200, await AskAsync(signer, "c"));
    }

    [Fact]
    public async Task What_is_done_later_for_an_app_is_done_with_no_more_than_it_was_allowed_and_ends_with_the_consent()
    {
        await server.AddAppAsync(id, "user/*.rs");
        using var browser = await server.SignInAsync($"user-{id}");
        await server.CodeAsync(browser, id, "user/Patient.rs user/Observation.rs");
        var user = (await server.Get<AccountTable>().FindByNameAsync($"user-{id}", CancellationToken.None))!;
        var delegation = Delegations.Text(id, null, ScopeSet.Parse("user/Patient.r user/Encounter.rs"));
        var callers = server.Get<ICallers>();
        var caller = await callers.FindAsync(Tenant.Default, $"user/{user.Id:N}", delegation, CancellationToken.None);
        var grant = Assert.Single(caller!.Permit.Layers[^1]);
        Assert.Equal(("Patient", Interactions.Read, delegation), (grant.Type, grant.Allows, caller.Delegation));
        var app = (await browser.GetAsync("/access/apps")).Json[0]!["id"];
        await browser.DeleteAsync($"/access/apps/{app}");
        Assert.Null(await callers.FindAsync(Tenant.Default, $"user/{user.Id:N}", delegation, CancellationToken.None));
    }

    private Task<Client> RegisterAsync(string path) => server.AddClientAsync(id, ClientKind.Service, "system/Patient.rs", c => c with
    {
        JwksUrl = site.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + path,
    });

    private async Task<int> AskAsync(TestSigner signer, string jti) => (await OAuthServer.TokenAsync(http,
        ("grant_type", "client_credentials"), ("client_assertion_type", ClientAuthentication.AssertionType), ("client_assertion", signer.Sign(signer.Header, server.Assertion(id, jti))),
        ("scope", "system/Patient.rs"))).Status;
}
