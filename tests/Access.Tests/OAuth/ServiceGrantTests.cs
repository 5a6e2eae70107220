using System.Net;
using System.Text.Json;
using Salus.Access.Apps;
using Salus.Access.Jose;
using Salus.Access.OAuth;
using Salus.Access.Tests.Support;

namespace Salus.Access.Tests.OAuth;

/// <summary>SMART Backend Services, and the bearer tokens that come of it.</summary>
public sealed class ServiceGrantTests(OAuthServer server) : IClassFixture<OAuthServer>, IDisposable
{
    private static int count;
    private readonly HttpClient http = new() { BaseAddress = server.Address };
    private readonly TestSigner signer = new(JwsAlgorithm.ES384, "k1");
    private readonly string id = $"service-{Interlocked.Increment(ref count)}";

    [Theory]
    [InlineData("ES384")]
    [InlineData("RS384")]
    public async Task A_signed_assertion_becomes_a_token_with_the_registered_scopes(string algorithm)
    {
        using var key = new TestSigner(Enum.Parse<JwsAlgorithm>(algorithm), "k1");
        await RegisterAsync(key);
        var (status, json) = await AskAsync(key.Sign(key.Header, server.Assertion(id, "j1")), "system/Observation.rs?category=laboratory system/Patient.rs system/Encounter.rs user/Patient.rs nonsense");
        Assert.Equal(200, status);
        Assert.Equal("system/Observation.rs?category=laboratory system/Patient.rs", Text(json, "scope"));
        Assert.Equal(300, json.GetProperty("expires_in").GetInt32());
        Assert.False(json.TryGetProperty("refresh_token", out _));
        var who = await OAuthServer.WhoAsync(http, Text(json, "access_token"));
        Assert.Equal($"client/{id}", Text(who, "actor"));
        Assert.Equal(["Observation Read, Search EveryResource category=laboratory Normal True", "Patient Read, Search EveryResource  Normal True"],
            who.GetProperty("scopes").EnumerateArray().Select(g => g.GetString()!));
    }

    [Fact]
    public async Task An_assertion_is_taken_once_even_if_sixteen_come_at_the_same_time()
    {
        await RegisterAsync(signer);
        var assertion = signer.Sign(signer.Header, server.Assertion(id, "once"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => AskAsync(assertion, "system/Patient.rs")));
        Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a.Status != 200), a => Assert.Equal("invalid_client", Text(a.Json, "error")));
        Assert.Equal(401, (await AskAsync(assertion, "system/Patient.rs")).Status);
    }

    [Theory]
    [InlineData("aud")]
    [InlineData("long")]
    [InlineData("expired")]
    [InlineData("sub")]
    [InlineData("no jti")]
    [InlineData("other key")]
    [InlineData("other algorithm")]
    [InlineData("other type")]
    [InlineData("other client")]
    [InlineData("client_id")]
    public async Task An_assertion_that_does_not_fit_is_refused(string what)
    {
        await RegisterAsync(signer);
        using var other = new TestSigner(what == "other algorithm" ? JwsAlgorithm.ES256 : JwsAlgorithm.ES384, "k1");
        var claims = what switch
        {
            "aud" => server.Assertion(id, "a", aud: "https://elsewhere.example/oauth/token"),
            "long" => server.Assertion(id, "a", seconds: 3600),
            "expired" => server.Assertion(id, "a", seconds: -60),
            "sub" => server.Assertion(id, "a", sub: "somebody"),
            "no jti" => server.Assertion(id, ""),
            "other client" => server.Assertion("unknown", "a"),
            _ => server.Assertion(id, "a"),
        };
        var by = what.StartsWith("other key", StringComparison.Ordinal) || what == "other algorithm" ? other : signer;
        var header = what == "other type" ? by.Header.Replace("JWT", "at+jwt", StringComparison.Ordinal) : by.Header;
        var (status, json) = await AskAsync(by.Sign(header, claims), "system/Patient.rs", what == "client_id" ? ("client_id", "another") : null);
        Assert.Equal((401, "invalid_client"), (status, Text(json, "error")));
        // The same with nothing wrong: it is that one thing that it was refused for.
        Assert.Equal(200, (await AskAsync(signer.Sign(signer.Header, server.Assertion(id, "right")), "system/Patient.rs")).Status);
    }

    [Fact]
    public async Task Scopes_that_are_not_registered_are_refused_when_nothing_remains()
    {
        await RegisterAsync(signer);
        var (status, json) = await AskAsync(signer.Sign(signer.Header, server.Assertion(id, "s")), "system/*.cruds");
        Assert.Equal((400, "invalid_scope"), (status, Text(json, "error")));
    }

    [Fact]
    public async Task A_token_ends_with_its_time_and_is_refused_with_the_words_of_RFC_6750()
    {
        await RegisterAsync(signer);
        var token = await TokenAsync("t");
        await OAuthServer.WhoAsync(http, token);
        server.Clock.Move(TimeSpan.FromMinutes(6));
        using var answer = await OAuthServer.GetAsync(http, "/whoami", token);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("error=\"invalid_token\"", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_ends_when_its_app_is_disabled_and_loses_what_the_app_may_not_ask_for_any_more()
    {
        var client = await RegisterAsync(signer);
        var token = await TokenAsync("d");
        Assert.Single((await OAuthServer.WhoAsync(http, token)).GetProperty("scopes").EnumerateArray());
        var store = server.Get<ClientStore>();
        Assert.True(await store.UpdateAsync(client with { Scopes = ScopeSet.Parse("system/Observation.rs") }, CancellationToken.None));
        Assert.Empty((await OAuthServer.WhoAsync(http, token)).GetProperty("scopes").EnumerateArray());
        Assert.True(await store.UpdateAsync(client with { Active = false, Version = 2 }, CancellationToken.None));
        using var answer = await OAuthServer.GetAsync(http, "/whoami", token);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task What_another_process_revoked_is_noticed_after_two_seconds()
    {
        await RegisterAsync(signer);
        var token = await TokenAsync("r");
        await OAuthServer.WhoAsync(http, token);
        await using var command = server.Source.CreateCommand($"update access.token_family set revoked_at = now() where client = '{id}'");
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
        server.Clock.Move(TimeSpan.FromSeconds(2));
        using var answer = await OAuthServer.GetAsync(http, "/whoami", token);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("/whoami?access_token=TOKEN", null, HttpStatusCode.BadRequest)]
    [InlineData("/whoami?access_token=TOKEN", "Bearer TOKEN", HttpStatusCode.BadRequest)]
    [InlineData("/whoami", "Bearer ", HttpStatusCode.BadRequest)]
    [InlineData("/whoami", "Bearer nonsense", HttpStatusCode.Unauthorized)]
    [InlineData("/whoami", "Bearer TOKENx", HttpStatusCode.Unauthorized)]
    [InlineData("/whoami", "Basic TOKEN", HttpStatusCode.Unauthorized)]
    [InlineData("/whoami", "Bearer TOKEN", HttpStatusCode.OK)]
    [InlineData("/whoami", "bearer TOKEN", HttpStatusCode.OK)]
    public async Task A_token_belongs_into_one_header(string path, string? header, HttpStatusCode expected)
    {
        await RegisterAsync(signer);
        var token = await TokenAsync("h");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path.Replace("TOKEN", token, StringComparison.Ordinal), UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Authorization", header?.Replace("TOKEN", token, StringComparison.Ordinal) ?? "");
        using var answer = await http.SendAsync(request);
        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task A_token_for_another_issuer_or_of_another_tenant_is_refused()
    {
        await RegisterAsync(signer);
        var now = server.Clock.GetUtcNow();
        var family = new TokenFamily(Guid.CreateVersion7(now), Kernel.Tenant.Default, id, null, ScopeSet.Parse("system/Patient.rs")) { CreatedAt = now, ExpiresAt = now.AddMinutes(5) };
        await server.Get<TokenStore>().AddAsync(family, CancellationToken.None);
        var tokens = server.Get<AccessTokens>();
        var (own, _) = await tokens.IssueAsync(new OAuthAddresses(server.Issuer), family, family.Scopes, CancellationToken.None);
        var (elsewhere, _) = await tokens.IssueAsync(new OAuthAddresses("https://elsewhere.example"), family, family.Scopes, CancellationToken.None);
        var (tenant, _) = await tokens.IssueAsync(new OAuthAddresses(server.Issuer), family with { Tenant = new Kernel.Tenant(2) }, family.Scopes, CancellationToken.None);
        Assert.Equal([200, 401, 401], await StatusesAsync(own, elsewhere, tenant));
    }

    public void Dispose()
    {
        http.Dispose();
        signer.Dispose();
    }

    private async Task<List<int>> StatusesAsync(params string[] tokens)
    {
        var list = new List<int>();
        foreach (var token in tokens)
        {
            using var answer = await OAuthServer.GetAsync(http, "/whoami", token);
            list.Add((int)answer.StatusCode);
        }

        return list;
    }

    private async Task<string> TokenAsync(string jti) => Text((await AskAsync(signer.Sign(signer.Header, server.Assertion(id, jti)), "system/Patient.rs")).Json, "access_token");

    private Task<Client> RegisterAsync(TestSigner key) =>
        server.AddClientAsync(id, ClientKind.Service, "system/Patient.rs system/Observation.rs", c => c with { Jwks = key.Jwks });

    private Task<(int Status, JsonElement Json)> AskAsync(string assertion, string scope, (string, string)? more = null)
    {
        (string, string)[] form = [("grant_type", "client_credentials"), ("client_assertion_type", ClientAuthentication.AssertionType), ("client_assertion", assertion), ("scope", scope)];
        return OAuthServer.TokenAsync(http, more is null ? form : [.. form, more.Value]);
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
