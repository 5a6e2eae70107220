using System.Net;
using System.Text.Json;
using Salus.Access.Accounts;
using Salus.Access.Jose;

namespace Salus.Access.Tests.OAuth;

public sealed class CodeGrantTests(OAuthServer server) : IClassFixture<OAuthServer>, IDisposable
{
    private static int count;
    private readonly string id = $"app-{Interlocked.Increment(ref count)}";
    private readonly HttpClient http = new() { BaseAddress = server.Address };

    [Fact]
    public async Task A_code_becomes_tokens_that_say_who_and_whose_record()
    {
        await server.AddAppAsync(id, "openid fhirUser profile launch/patient offline_access patient/*.rs");
        using var browser = await server.SignInAsync($"user-{id}", "Practitioner/7");
        var address = server.AuthorizeAddress(id, "openid fhirUser profile launch/patient offline_access patient/*.read", ("nonce", "n-1"));
        var (status, json) = await OAuthServer.RedeemAsync(http, id, OAuthServer.Query(await OAuthServer.AllowAsync(browser, address), "code"));
        Assert.Equal((200, 900, "p1", true), (status, json.GetProperty("expires_in").GetInt32(), json.GetProperty("patient").GetString(), json.GetProperty("need_patient_banner").GetBoolean()));
        var who = await OAuthServer.WhoAsync(http, Text(json, "access_token"));
        Assert.Equal((id, "Practitioner/7", "p1"), (Text(who, "client"), Text(who, "person"), Text(who, "patient")));
        Assert.Equal(["* Read, Search Patients  VeryRestricted False"], who.GetProperty("scopes").EnumerateArray().Select(s => s.GetString()!));
        Assert.Empty(who.GetProperty("permissions").EnumerateArray());

        var jws = CompactJws.Read(Text(json, "id_token")).Value;
        var claims = new JwtClaims(StrictJson.Object(jws.Payload)!.Value);
        Assert.Equal((server.Issuer, id, "n-1", $"{server.Issuer}/fhir/Practitioner/7"), (claims.Issuer, claims.Audience.Single(), claims.Text("nonce"), claims.Text("fhirUser")));
        var keys = JsonDocument.Parse(await http.GetStringAsync(new Uri("/oauth/jwks", UriKind.Relative))).RootElement.GetProperty("keys");
        Assert.True(keys.EnumerateArray().Select(PublicKey.Read).Single(k => k!.Id == jws.KeyId)!.Verifies(jws.Signed, jws.Signature));

        // An id_token is no access token.
        using var refused = await OAuthServer.GetAsync(http, "/whoami", Text(json, "id_token"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using var info = await OAuthServer.GetAsync(http, "/oauth/userinfo", Text(json, "access_token"));
        Assert.Equal($"{server.Issuer}/fhir/Practitioner/7", JsonDocument.Parse(await info.Content.ReadAsStringAsync()).RootElement.GetProperty("fhirUser").GetString());
        // Pages of the account are for people.
        using var pages = await OAuthServer.GetAsync(http, "/access/apps", Text(json, "access_token"));
        Assert.Equal(HttpStatusCode.Forbidden, pages.StatusCode);
    }

    [Fact]
    public async Task A_code_that_comes_a_second_time_revokes_what_was_issued_for_it()
    {
        var code = await CodeAsync();
        var json = (await OAuthServer.RedeemAsync(http, id, code)).Json;
        await OAuthServer.WhoAsync(http, Text(json, "access_token"));
        Assert.Equal((400, "invalid_grant"), Short(await OAuthServer.RedeemAsync(http, id, code)));
        using var refused = await OAuthServer.GetAsync(http, "/whoami", Text(json, "access_token"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal((400, "invalid_grant"), Short(await OAuthServer.RefreshAsync(http, id, Text(json, "refresh_token"))));
    }

    [Fact]
    public async Task Of_sixteen_at_the_same_time_one_at_most_gets_tokens_and_keeps_none()
    {
        var code = await CodeAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => OAuthServer.RedeemAsync(http, id, code)));
        var won = Assert.Single(answers, a => a.Status == 200);
        using var refused = await OAuthServer.GetAsync(http, "/whoami", Text(won.Json, "access_token"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Theory]
    [InlineData("verifier")]
    [InlineData("short verifier")]
    [InlineData("challenge as verifier")]
    [InlineData("redirect")]
    [InlineData("client")]
    [InlineData("late")]
    [InlineData("new password")]
    public async Task A_code_for_somebody_else_is_refused_and_used_up(string what)
    {
        var code = await CodeAsync();
        await server.AddAppAsync($"thief-{id}", "user/*.rs");
        if (what == "late")
        {
            server.Clock.Move(TimeSpan.FromMinutes(2));
        }
        else if (what == "new password")
        {
            await NewStampAsync();
        }

        var answer = what switch
        {
            "verifier" => await OAuthServer.RedeemAsync(http, id, code, new string('x', 43)),
            "short verifier" => await OAuthServer.RedeemAsync(http, id, code, "x"),
            "challenge as verifier" => await OAuthServer.RedeemAsync(http, id, code, OAuthServer.Challenge(OAuthServer.Verifier)),
            "redirect" => await OAuthServer.RedeemAsync(http, id, code, redirect: "https://app.example/other"),
            "client" => await OAuthServer.RedeemAsync(http, $"thief-{id}", code),
            _ => await OAuthServer.RedeemAsync(http, id, code),
        };
        Assert.Equal((400, "invalid_grant"), Short(answer));
        // What is another client's stays with the one whose it is; all else is used up.
        Assert.Equal(what == "client" ? 200 : 400, (await OAuthServer.RedeemAsync(http, id, code)).Status);
    }

    [Theory]
    [InlineData("password", "unsupported_grant_type")]
    [InlineData("implicit", "unsupported_grant_type")]
    [InlineData("client_credentials", "unauthorized_client")]
    [InlineData("authorization_code", "invalid_request")]
    [InlineData("refresh_token", "invalid_request")]
    public async Task A_request_without_what_it_needs_is_refused(string grant, string error)
    {
        await server.AddAppAsync(id, "user/*.rs");
        Assert.Equal((400, error), Short(await OAuthServer.TokenAsync(http, ("grant_type", grant), ("client_id", id))));
    }

    [Fact]
    public async Task Each_refresh_token_is_taken_once_and_a_second_time_ends_the_family()
    {
        var first = (await OAuthServer.RedeemAsync(http, id, await CodeAsync())).Json;
        var second = (await OAuthServer.RefreshAsync(http, id, Text(first, "refresh_token"))).Json;
        Assert.NotEqual(Text(first, "refresh_token"), Text(second, "refresh_token"));
        var third = (await OAuthServer.RefreshAsync(http, id, Text(second, "refresh_token"))).Json;
        await OAuthServer.WhoAsync(http, Text(third, "access_token"));
        // The thief comes with the first.
        Assert.Equal((400, "invalid_grant"), Short(await OAuthServer.RefreshAsync(http, id, Text(first, "refresh_token"))));
        Assert.Equal((400, "invalid_grant"), Short(await OAuthServer.RefreshAsync(http, id, Text(third, "refresh_token"))));
        using var refused = await OAuthServer.GetAsync(http, "/whoami", Text(third, "access_token"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task A_public_app_need_not_name_itself_to_refresh_and_a_second_time_still_ends_the_family()
    {
        var first = (await OAuthServer.RedeemAsync(http, id, await CodeAsync())).Json;
        var (status, second) = await RefreshUnnamedAsync(Text(first, "refresh_token"));
        Assert.Equal(200, status);
        await OAuthServer.WhoAsync(http, Text(second, "access_token"));
        Assert.Equal((400, "invalid_grant"), Short(await RefreshUnnamedAsync(Text(first, "refresh_token"))));
        Assert.Equal((400, "invalid_grant"), Short(await RefreshUnnamedAsync(Text(second, "refresh_token"))));
        Assert.Equal((400, "invalid_grant"), Short(await RefreshUnnamedAsync("unknown")));
        // Whoever names an app is that one, and the token is not its.
        await server.AddAppAsync($"other-{id}", "user/*.rs");
        var third = (await OAuthServer.RedeemAsync(http, id, await AnotherCodeAsync())).Json;
        Assert.Equal((400, "invalid_grant"), Short(await OAuthServer.RefreshAsync(http, $"other-{id}", Text(third, "refresh_token"))));
        Assert.Equal(200, (await RefreshUnnamedAsync(Text(third, "refresh_token"))).Status);
    }

    [Fact]
    public async Task An_app_with_a_secret_refreshes_with_it_alone()
    {
        await server.AddClientAsync(id, Salus.Access.Apps.ClientKind.Confidential, "user/*.rs offline_access", c => c with { RedirectUris = [OAuthServer.Callback], SecretHash = Secret.Hash("the secret") });
        using var browser = await server.SignInAsync($"user-{id}");
        var code = await server.CodeAsync(browser, id, "user/*.rs offline_access");
        http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"{id}:the secret")));
        var token = Text((await OAuthServer.RedeemAsync(http, id, code)).Json, "refresh_token");
        http.DefaultRequestHeaders.Authorization = null;
        Assert.Equal((401, "invalid_client"), Short(await RefreshUnnamedAsync(token)));
        http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"{id}:the secret")));
        Assert.Equal(200, (await RefreshUnnamedAsync(token)).Status);
    }

    [Fact]
    public async Task Of_sixteen_refreshes_at_the_same_time_one_wins_and_the_family_ends()
    {
        var token = Text((await OAuthServer.RedeemAsync(http, id, await CodeAsync())).Json, "refresh_token");
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => OAuthServer.RefreshAsync(http, id, token)));
        var won = Assert.Single(answers, a => a.Status == 200);
        Assert.Equal((400, "invalid_grant"), Short(await OAuthServer.RefreshAsync(http, id, Text(won.Json, "refresh_token"))));
    }

    [Fact]
    public async Task A_refresh_may_ask_for_less_and_never_for_more()
    {
        var token = Text((await OAuthServer.RedeemAsync(http, id, await CodeAsync())).Json, "refresh_token");
        foreach (var more in (string[])["user/*.cruds", "user/Patient.cruds", "openid user/Patient.rs", "nonsense", "system/Patient.rs"])
        {
            Assert.Equal((400, "invalid_scope"), Short(await OAuthServer.RefreshAsync(http, id, token, more)));
        }

        var less = (await OAuthServer.RefreshAsync(http, id, token, "user/Patient.r")).Json;
        Assert.Equal("user/Patient.r", Text(await OAuthServer.WhoAsync(http, Text(less, "access_token")), "scope"));
        // RFC 6749, section 6: the refresh token itself keeps what was granted.
        Assert.Equal("offline_access user/Patient.rs", Text((await OAuthServer.RefreshAsync(http, id, Text(less, "refresh_token"))).Json, "scope"));
    }

    [Fact]
    public async Task Another_clients_refresh_token_is_refused_and_stays_good()
    {
        var token = Text((await OAuthServer.RedeemAsync(http, id, await CodeAsync())).Json, "refresh_token");
        await server.AddAppAsync($"thief-{id}", "user/*.rs");
        Assert.Equal((400, "invalid_grant"), Short(await OAuthServer.RefreshAsync(http, $"thief-{id}", token)));
        Assert.Equal(200, (await OAuthServer.RefreshAsync(http, id, token)).Status);
    }

    [Fact]
    public async Task A_family_ends_after_seven_days_however_often_it_is_refreshed()
    {
        var json = (await OAuthServer.RedeemAsync(http, id, await CodeAsync())).Json;
        for (var day = 0; day < 6; day++)
        {
            server.Clock.Move(TimeSpan.FromDays(1));
            json = (await OAuthServer.RefreshAsync(http, id, Text(json, "refresh_token"))).Json;
        }

        server.Clock.Move(TimeSpan.FromDays(1));
        Assert.Equal((400, "invalid_grant"), Short(await OAuthServer.RefreshAsync(http, id, Text(json, "refresh_token"))));
    }

    [Fact]
    public async Task With_online_access_a_refresh_ends_with_the_sign_in()
    {
        await server.AddAppAsync(id, "online_access user/*.rs");
        using var browser = await server.SignInAsync($"user-{id}");
        var first = (await OAuthServer.RedeemAsync(http, id, await server.CodeAsync(browser, id, "online_access user/Patient.rs"))).Json;
        var second = (await OAuthServer.RefreshAsync(http, id, Text(first, "refresh_token"))).Json;
        Assert.Equal(HttpStatusCode.NoContent, (await browser.PostAsync("/access/sign-out")).Status);
        Assert.Equal((400, "invalid_grant"), Short(await OAuthServer.RefreshAsync(http, id, Text(second, "refresh_token"))));
    }

    [Fact]
    public async Task A_new_password_ends_the_tokens()
    {
        var json = (await OAuthServer.RedeemAsync(http, id, await CodeAsync())).Json;
        await OAuthServer.WhoAsync(http, Text(json, "access_token"));
        await NewStampAsync();
        using var refused = await OAuthServer.GetAsync(http, "/whoami", Text(json, "access_token"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal((400, "invalid_grant"), Short(await OAuthServer.RefreshAsync(http, id, Text(json, "refresh_token"))));
    }

    public void Dispose() => http.Dispose();

    // A new stamp is what a new password makes.
    private async Task NewStampAsync()
    {
        var table = server.Get<AccountTable>();
        var user = (await table.FindByNameAsync($"user-{id}", CancellationToken.None))!;
        user.Stamp = "second";
        await table.SaveAsync(user, CancellationToken.None);
        server.Get<AccountDirectory>().Forget(user.Id);
    }

    private async Task<string> CodeAsync()
    {
        await server.AddAppAsync(id, "openid offline_access user/*.rs");
        using var browser = await server.SignInAsync($"user-{id}");
        return OAuthServer.Query(await OAuthServer.AllowAsync(browser, server.AuthorizeAddress(id, "offline_access user/Patient.rs")), "code");
    }

    // A further one, of the same user and app: that the app is allowed so much is remembered.
    private async Task<string> AnotherCodeAsync()
    {
        using var browser = server.Open();
        await browser.SignInAsync($"user-{id}");
        return OAuthServer.Query((await browser.GetAsync(server.AuthorizeAddress(id, "offline_access user/Patient.rs"))).Location!, "code");
    }

    private Task<(int Status, JsonElement Json)> RefreshUnnamedAsync(string token) => OAuthServer.TokenAsync(http, ("grant_type", "refresh_token"), ("refresh_token", token));

    private static (int, string) Short((int Status, JsonElement Json) answer) => (answer.Status, Text(answer.Json, "error"));

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
