using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Salus.Access.Apps;
using Salus.Access.Jose;
using Salus.Access.Tests.Accounts.Support;
using Salus.Access.Tests.OAuth;
using Salus.Access.Tests.Support;
using Salus.Kernel;

namespace Salus.Access.Tests.Apps;

/// <summary>Registration of apps, and the endpoints for apps with a secret: introspection and revocation.</summary>
public sealed class ClientEndpointsTests(OAuthServer server) : IClassFixture<OAuthServer>, IDisposable
{
    private const string Clients = "/admin/access/clients";
    private static int count;
    private readonly string id = $"client-{Interlocked.Increment(ref count)}";
    private readonly HttpClient http = new() { BaseAddress = server.Address };

    [Fact]
    public async Task Only_who_may_manage_apps_sees_and_registers_them()
    {
        using var nobody = server.Open();
        using var physician = await server.SignInAsync($"physician-{id}");
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync(Clients)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await physician.GetAsync(Clients)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await physician.PostAsync(Clients, Confidential())).Status);
    }

    [Fact]
    public async Task A_secret_is_shown_once_and_only_its_hash_is_kept()
    {
        using var admin = await AdminAsync();
        var added = await admin.PostAsync(Clients, Confidential());
        Assert.Equal(HttpStatusCode.Created, added.Status);
        var secret = added.Json["secret"]!.GetValue<string>();
        Assert.Equal(43, secret.Length);
        var read = await admin.GetAsync($"{Clients}/{id}");
        Assert.Null(read.Json["secret"]);
        await using var command = server.Source.CreateCommand($"select count(*) from access.client c where c::text like '%{secret}%'");
        Assert.Equal(0L, await command.ExecuteScalarAsync());
        Assert.Equal(HttpStatusCode.Conflict, (await admin.PostAsync(Clients, Confidential())).Status);
        Assert.Contains(server.Audited.ToArray(), e => e.Kind == AuditKind.PermissionChange && e.Type == "app" && e.Id == id);
        Assert.DoesNotContain(server.Audited.ToArray(), e => e.Detail?.Contains(secret, StringComparison.Ordinal) == true);

        var body = new { name = "New name", kind = "confidential", redirectUris = new[] { OAuthServer.Callback }, scopes = new[] { "openid" }, version = 1, state = "disabled" };
        var changed = await admin.PutAsync($"{Clients}/{id}", body);
        Assert.Equal(("New name", "disabled", 2), (changed.Json["name"]!.GetValue<string>(), changed.Json["state"]!.GetValue<string>(), changed.Json["version"]!.GetValue<int>()));
        Assert.Null(changed.Json["secret"]);
        Assert.Equal(HttpStatusCode.Conflict, (await admin.PutAsync($"{Clients}/{id}", body)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await admin.DeleteAsync($"{Clients}/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.GetAsync($"{Clients}/{id}")).Status);
    }

    [Theory]
    [InlineData("""{"name":"","kind":"public","redirectUris":["https://a.example/"],"scopes":["openid"]}""", "name")]
    [InlineData("""{"name":"A","kind":"other","redirectUris":["https://a.example/"],"scopes":["openid"]}""", "kind")]
    [InlineData("""{"name":"A","kind":"public","redirectUris":["http://a.example/"],"scopes":["openid"]}""", "redirectUris")]
    [InlineData("""{"name":"A","kind":"public","redirectUris":[null],"scopes":["openid"]}""", "redirectUris")]
    [InlineData("""{"name":"A","kind":"public","redirectUris":[],"scopes":["openid"]}""", "redirectUris")]
    [InlineData("""{"name":"A","kind":"public","redirectUris":["https://a.example/"],"scopes":["patient/Nothing.rs"]}""", "scopes")]
    [InlineData("""{"name":"A","kind":"public","redirectUris":["https://a.example/"],"scopes":[]}""", "scopes")]
    [InlineData("""{"name":"A","kind":"public","redirectUris":["https://a.example/"],"scopes":[null]}""", "scopes")]
    [InlineData("""{"name":"A","kind":"public","redirectUris":["https://a.example/"],"scopes":["system/Patient.rs"]}""", "scopes")]
    [InlineData("""{"name":"A","kind":"service","scopes":["system/Patient.rs"]}""", "jwks")]
    [InlineData("""{"name":"A","kind":"service","scopes":["system/Patient.rs"],"jwks":{"keys":[]}}""", "jwks")]
    [InlineData("""{"name":"A","kind":"service","scopes":["user/Patient.rs"],"jwksUrl":"https://a.example/jwks"}""", "scopes")]
    [InlineData("""{"name":"A","kind":"service","scopes":["system/Patient.rs"],"jwksUrl":"http://a.example/jwks"}""", "jwksUrl")]
    [InlineData("""{"name":"A","kind":"service","scopes":["system/Patient.rs"],"jwksUrl":"file:///etc/passwd"}""", "jwksUrl")]
    [InlineData("""{"name":"A","kind":"public","redirectUris":["https://a.example/"],"scopes":["openid"],"launchUri":"javascript:1"}""", "launchUri")]
    [InlineData("""{"id":"a b","name":"A","kind":"public","redirectUris":["https://a.example/"],"scopes":["openid"]}""", "id")]
    [InlineData("""{"name":"A","kind":"public","redirectUris":["https://a.example/"],"scopes":["openid"],"state":"x"}""", "state")]
    public async Task What_is_wrong_with_a_registration_is_named(string body, string field)
    {
        using var admin = await AdminAsync();
        var answer = await admin.PostAsync(Clients, JsonDocument.Parse(body).RootElement);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, field), (answer.Status, answer.Field));
    }

    [Theory]
    [InlineData(Clients)]
    [InlineData("/admin/access/users")]
    public async Task A_body_that_is_too_long_or_no_JSON_is_not_read(string path)
    {
        using var admin = await AdminAsync();
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await admin.PostAsync(path, new { name = new string('x', 65_536) })).Status);
        var untyped = await admin.PostAsync(path);
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "Content-Type"), (untyped.Status, untyped.Field));
    }

    [Fact]
    public async Task An_app_with_a_secret_uses_the_header_and_nothing_else()
    {
        var (secret, code) = await ConfidentialCodeAsync();
        (string, string)[] form = [("grant_type", "authorization_code"), ("code", code), ("code_verifier", OAuthServer.Verifier), ("redirect_uri", OAuthServer.Callback)];
        Assert.Equal((401, "invalid_client"), await ErrorAsync("/oauth/token", null, [.. form, ("client_id", id)]));
        Assert.Equal((401, "invalid_client"), await ErrorAsync("/oauth/token", Basic(id, "wrong"), form));
        Assert.Equal((401, "invalid_client"), await ErrorAsync("/oauth/token", Basic("unknown", secret), form));
        Assert.Equal((401, "invalid_client"), await ErrorAsync("/oauth/token", "Basic nonsense", form));
        Assert.Equal((401, "invalid_client"), await ErrorAsync("/oauth/token", Basic(id, secret), [.. form, ("client_id", "another")]));
        Assert.Equal((400, "invalid_request"), await ErrorAsync("/oauth/token", null, [.. form, ("client_id", id), ("client_secret", secret)]));
        Assert.Equal((400, "invalid_request"), await ErrorAsync("/oauth/token?client_id=x", Basic(id, secret), form));
        Assert.Equal((400, "invalid_request"), await ErrorAsync("/oauth/token", Basic(id, secret), [.. form, ("code", "twice")]));
        Assert.Equal(200, (await PostAsync("/oauth/token", Basic(id, secret), form)).Status);
    }

    [Fact]
    public async Task Introspection_tells_the_owner_and_revocation_ends_all_of_it()
    {
        var (secret, code) = await ConfidentialCodeAsync();
        var basic = Basic(id, secret);
        var tokens = (await PostAsync("/oauth/token", basic, ("grant_type", "authorization_code"), ("code", code), ("code_verifier", OAuthServer.Verifier), ("redirect_uri", OAuthServer.Callback))).Json;
        var (access, refresh) = (tokens.GetProperty("access_token").GetString()!, tokens.GetProperty("refresh_token").GetString()!);
        var told = (await PostAsync("/oauth/introspect", basic, ("token", access))).Json;
        Assert.Equal((true, id, "offline_access user/Patient.rs", $"confidential-{id}"),
            (told.GetProperty("active").GetBoolean(), told.GetProperty("client_id").GetString(), told.GetProperty("scope").GetString(), told.GetProperty("username").GetString()));
        Assert.True(await IsActiveAsync(basic, refresh));
        Assert.False(await IsActiveAsync(basic, "nonsense"));

        // Somebody else's: not active for another app, unless it was registered to ask about all.
        await server.AddClientAsync($"other-{id}", ClientKind.Confidential, "openid", c => c with { SecretHash = Secret.Hash("s"), RedirectUris = [OAuthServer.Callback] });
        await server.AddClientAsync($"server-{id}", ClientKind.Confidential, "salus/introspect", c => c with { SecretHash = Secret.Hash("s"), RedirectUris = [OAuthServer.Callback] });
        await server.AddAppAsync($"public-{id}", "openid");
        Assert.False(await IsActiveAsync(Basic($"other-{id}", "s"), access));
        Assert.True(await IsActiveAsync(Basic($"server-{id}", "s"), access));
        Assert.Equal((401, "invalid_client"), await ErrorAsync("/oauth/introspect", null, ("token", access), ("client_id", $"public-{id}")));

        Assert.Equal(200, (await PostAsync("/oauth/revoke", Basic($"other-{id}", "s"), ("token", refresh))).Status);
        Assert.True(await IsActiveAsync(basic, access));
        Assert.Equal(200, (await PostAsync("/oauth/revoke", basic, ("token", "nonsense"))).Status);
        Assert.Equal(200, (await PostAsync("/oauth/revoke", basic, ("token", refresh))).Status);
        Assert.False(await IsActiveAsync(basic, access));
        using var refused = await OAuthServer.GetAsync(http, "/whoami", access);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task A_service_is_a_caller_of_jobs_with_what_it_is_registered_for_today()
    {
        using var signer = new TestSigner(JwsAlgorithm.ES384, "k");
        var client = await server.AddClientAsync(id, ClientKind.Service, "system/Patient.rs", c => c with { Jwks = signer.Jwks });
        var callers = server.Get<ICallers>();
        var caller = await callers.FindAsync(Tenant.Default, $"client/{id}", null, CancellationToken.None);
        Assert.Equal("Patient", Assert.Single(Assert.Single(caller!.Permit.Layers)).Type);
        Assert.True(caller.Permit.Has(Permissions.Export));
        Assert.Null(await callers.FindAsync(new Tenant(2), $"client/{id}", null, CancellationToken.None));
        await server.Get<ClientStore>().UpdateAsync(client with { Active = false }, CancellationToken.None);
        Assert.Null(await callers.FindAsync(Tenant.Default, $"client/{id}", null, CancellationToken.None));
    }

    [Fact]
    public async Task The_demo_apps_are_registered_once_and_have_no_secret_that_others_know()
    {
        await DemoApps.EnsureAsync(server.Get<IServiceProvider>(), CancellationToken.None);
        await DemoApps.EnsureAsync(server.Get<IServiceProvider>(), CancellationToken.None);
        var apps = (await server.Get<ClientStore>().ListAsync(Tenant.Default, CancellationToken.None)).Where(c => c.Id.StartsWith("demo-", StringComparison.Ordinal)).ToList();
        Assert.Equal([("demo-chart", true), ("demo-portal", false)], apps.Select(c => (c.Id, c.Active)));
        Assert.All(apps, c => Assert.Null(c.SecretHash));
    }

    [Theory]
    [InlineData("https://salus.example.org", true)]
    [InlineData("http://127.0.0.1:8080", true)]
    [InlineData("http://salus.example.org", false)]
    [InlineData("salus.example.org", false)]
    [InlineData("https://salus.example.org/?a", false)]
    public void The_issuer_is_a_safe_address(string issuer, bool fine)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Salus:Access:OAuth:Issuer", issuer)]).Build();
        if (fine)
        {
            Assert.Equal(issuer, ConfiguredOptions.Read<OAuthOptions>(configuration, "Salus:Access:OAuth").Issuer);
            return;
        }

        Assert.Contains("Salus:Access:OAuth:Issuer", Assert.Throws<CannotStartException>(() => ConfiguredOptions.Read<OAuthOptions>(configuration, "Salus:Access:OAuth")).Message, StringComparison.Ordinal);
    }

    public void Dispose() => http.Dispose();

    private object Confidential() => new { id, name = "Portal", kind = "confidential", redirectUris = new[] { OAuthServer.Callback }, scopes = new[] { "offline_access", "user/*.rs" } };

    private async Task<Browser> AdminAsync()
    {
        await server.AddAsync($"admin-{id}", "administrator");
        var admin = server.Open();
        await admin.SignInAsync($"admin-{id}");
        return admin;
    }

    private async Task<(string Secret, string Code)> ConfidentialCodeAsync()
    {
        using var admin = await AdminAsync();
        var secret = (await admin.PostAsync(Clients, Confidential())).Json["secret"]!.GetValue<string>();
        using var browser = await server.SignInAsync($"confidential-{id}");
        return (secret, await server.CodeAsync(browser, id, "offline_access user/Patient.rs"));
    }

    private async Task<bool> IsActiveAsync(string authorization, string token) => (await PostAsync("/oauth/introspect", authorization, ("token", token))).Json.GetProperty("active").GetBoolean();

    private async Task<(int, string)> ErrorAsync(string path, string? authorization, params (string, string)[] form)
    {
        var (status, json) = await PostAsync(path, authorization, form);
        return (status, json.TryGetProperty("error", out var error) ? error.GetString()! : json.ToString());
    }

    private async Task<(int Status, JsonElement Json)> PostAsync(string path, string? authorization, params (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new FormUrlEncodedContent(form.Select(f => new KeyValuePair<string, string>(f.Name, f.Value))) };
        request.Headers.Authorization = authorization is null ? null : AuthenticationHeaderValue.Parse(authorization);
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone());
    }

    private static string Basic(string id, string secret) => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(id)}:{Uri.EscapeDataString(secret)}"))}";
}
