using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Salus.Access.Apps;
using Salus.Access.Jose;
using Salus.Access.OAuth;
using Salus.Access.Tests.Accounts.Support;
using Salus.Kernel;

namespace Salus.Access.Tests.OAuth;

/// <summary>A server with accounts and apps, and a route that says who calls.</summary>
public class OAuthServer : AccountServer
{
    internal const string Callback = "https://app.example/cb";
    internal const string Verifier = "a-code-verifier-of-at-least-43-characters-0001";

    internal string TokenAddress => $"{Issuer}/oauth/token";

    internal string Issuer => Address.ToString().TrimEnd('/');

    // Administrators need no second factor here: that they do elsewhere is tested with accounts.
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Salus:Access:Accounts:SecondFactorRoles", "privacy-officer")];

    protected override void Map(WebApplication app) => app.MapGet("/whoami", (HttpContext http) =>
    {
        var caller = http.Caller();
        var token = http.Features.Get<LivingToken>()?.Token;
        return Results.Json(new
        {
            caller.Actor, caller.Client, caller.Person, tenant = caller.Tenant.Number, caller.Roles, caller.Session, permissions = caller.Permit.Permissions, scopes = Grants(caller),
            token?.Patient, scope = token?.Scopes.ToString(),
        });
    }).ByGrants();

    internal async Task<Client> AddClientAsync(string id, ClientKind kind, string scopes, Func<Client, Client>? change = null)
    {
        var client = new Client(id, Tenant.Default, $"App {id}", kind) { Scopes = ScopeSet.Parse(scopes), CreatedAt = Clock.GetUtcNow() };
        client = change?.Invoke(client) ?? client;
        Assert.True(await Get<ClientStore>().AddAsync(client, "test", CancellationToken.None));
        return client;
    }

    /// <summary>A public app at <see cref="Callback"/>.</summary>
    internal Task<Client> AddAppAsync(string id, string scopes, Func<Client, Client>? change = null) =>
        AddClientAsync(id, ClientKind.Public, scopes, c => (change ?? (x => x))(c with { RedirectUris = [Callback] }));

    /// <summary>Somebody who is signed in.</summary>
    internal async Task<Browser> SignInAsync(string userName, string? person = null)
    {
        var user = await AddAsync(userName, "physician");
        if (person is not null)
        {
            await using var command = Source.CreateCommand($"update access.account set person = '{person}' where id = '{user.Id}'");
            await command.ExecuteNonQueryAsync();
        }

        var browser = Open();
        Assert.Equal("done", (await browser.SignInAsync(userName)).Next);
        return browser;
    }

    /// <summary>The address of a request that is right, with changes: a null value leaves a parameter out.</summary>
    internal string AuthorizeAddress(string client, string scope, params (string Name, string? Value)[] changes)
    {
        var query = new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = client,
            ["redirect_uri"] = Callback,
            ["scope"] = scope,
            ["state"] = "state-1",
            ["aud"] = $"{Issuer}/fhir",
            ["code_challenge"] = Challenge(Verifier),
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes)
        {
            query[name] = value;
        }

        return QueryHelpers.AddQueryString("/oauth/authorize", query.Where(q => q.Value is not null));
    }

    internal static string Challenge(string verifier) => StrictBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    /// <summary>Asks, and answers the question with yes: the address back at the app.</summary>
    internal static async Task<Uri> AllowAsync(Browser browser, string address, object? answer = null)
    {
        var asked = await browser.GetAsync(address);
        Assert.Equal(System.Net.HttpStatusCode.SeeOther, asked.Status);
        Assert.StartsWith("/consent?request=", asked.Location!.ToString(), StringComparison.Ordinal);
        var allowed = await browser.PostAsync($"/access/consent/{asked.Location.ToString().Split('=')[1]}", answer ?? new { allow = true, patient = "p1" });
        Assert.True(allowed.Ok, allowed.Text);
        return new Uri(allowed.Json["redirect"]!.GetValue<string>());
    }

    internal static string Query(Uri address, string name) => QueryHelpers.ParseQuery(address.Query).GetValueOrDefault(name).ToString();

    /// <summary>From the question to the code.</summary>
    internal async Task<string> CodeAsync(Browser browser, string client, string scope) => Query(await AllowAsync(browser, AuthorizeAddress(client, scope)), "code");

    /// <summary>A code becomes tokens.</summary>
    internal static Task<(int Status, JsonElement Json)> RedeemAsync(HttpClient http, string client, string code, string verifier = Verifier, string redirect = Callback) =>
        TokenAsync(http, ("grant_type", "authorization_code"), ("client_id", client), ("code", code), ("code_verifier", verifier), ("redirect_uri", redirect));

    internal static Task<(int Status, JsonElement Json)> RefreshAsync(HttpClient http, string client, string token, string? scope = null) =>
        TokenAsync(http, [("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", token), .. scope is null ? ((string, string)[])[] : [("scope", scope)]]);

    /// <summary>Claims of an assertion of SMART Backend Services.</summary>
    internal string Assertion(string client, string jti, int seconds = 300, string? aud = null, string? sub = null)
    {
        var exp = Clock.GetUtcNow().AddSeconds(seconds).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $$"""{"iss":"{{client}}","sub":"{{sub ?? client}}","aud":"{{aud ?? TokenAddress}}","exp":{{exp}},"jti":"{{jti}}"}""";
    }

    internal static Task<(int Status, JsonElement Json)> TokenAsync(HttpClient http, params (string, string)[] form) => FormAsync(http, "/oauth/token", form);

    internal static async Task<(int Status, JsonElement Json)> FormAsync(HttpClient http, string path, params (string Name, string Value)[] form)
    {
        using var body = new FormUrlEncodedContent(form.Select(f => new KeyValuePair<string, string>(f.Name, f.Value)));
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), body);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone());
    }

    internal static async Task<HttpResponseMessage> GetAsync(HttpClient http, string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await http.SendAsync(request);
    }

    internal static async Task<JsonElement> WhoAsync(HttpClient http, string token)
    {
        using var answer = await GetAsync(http, "/whoami", token);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement.Clone();
    }

    // The last layer is the app's.
    private static IEnumerable<string> Grants(Caller caller) => caller.Permit.Layers[^1].Select(g => $"{g.Type} {g.Allows} {g.Reach.GetType().Name} {g.Criteria} {g.Clearance} {g.HeedsConsent}");
}
