using System.Net;
using System.Text.Json.Nodes;
using Salus.Access.Tests.Accounts.Support;

namespace Salus.Access.Tests.OAuth;

/// <summary>/oauth/authorize and the question to the user, in a real session.</summary>
public sealed class AuthorizeTests(OAuthServer server) : IClassFixture<OAuthServer>
{
    private static int count;
    private readonly string id = $"app-{Interlocked.Increment(ref count)}";

    [Fact]
    public async Task Whoever_is_not_signed_in_is_sent_to_the_sign_in_and_back()
    {
        await server.AddAppAsync(id, "openid patient/*.rs");
        using var browser = server.Open();
        var address = server.AuthorizeAddress(id, "openid patient/Patient.rs");
        var answer = await browser.GetAsync(address);
        Assert.Equal(HttpStatusCode.SeeOther, answer.Status);
        Assert.Equal($"/sign-in?returnUrl={Uri.EscapeDataString(address)}", answer.Location!.ToString());
        Assert.Equal("login_required", OAuthServer.Query((await browser.GetAsync(server.AuthorizeAddress(id, "openid patient/Patient.rs", ("prompt", "none")))).Location!, "error"));
    }

    [Fact]
    public async Task The_question_shows_what_is_asked_and_the_answer_goes_back_with_state_and_issuer()
    {
        await server.AddAppAsync(id, "openid launch/patient patient/*.rs patient/Observation.cruds");
        using var browser = await server.SignInAsync($"user-{id}");
        var asked = await browser.GetAsync(server.AuthorizeAddress(id, "openid launch/patient patient/Observation.cruds patient/Patient.rs system/Patient.rs user/Patient.rs nonsense"));
        var path = $"/access/consent/{asked.Location!.ToString().Split('=')[1]}";
        var question = (await browser.GetAsync(path)).Json;
        Assert.Equal(["openid", "launch/patient", "patient/Observation.cruds", "patient/Patient.rs"], question["scopes"]!.AsArray().Select(s => s!["scope"]!.GetValue<string>()));
        Assert.Equal([false, false, true, false], question["scopes"]!.AsArray().Select(s => s!["sensitive"]!.GetValue<bool>()));
        Assert.True(question["needsPatient"]!.GetValue<bool>());
        Assert.Equal("app.example", question["redirectHost"]!.GetValue<string>());
        Assert.Equal("patient", (await browser.PostAsync(path, new { allow = true, patient = "../1" })).Field);
        Assert.Equal("scopes", (await browser.PostAsync(path, new { allow = true, patient = "p1", scopes = new[] { "user/Patient.rs" } })).Field);
        var allowed = await browser.PostAsync(path, new { allow = true, patient = "p1", scopes = new[] { "openid", "patient/Patient.rs" } });
        var back = new Uri(allowed.Json["redirect"]!.GetValue<string>());
        Assert.StartsWith($"{OAuthServer.Callback}?", back.ToString(), StringComparison.Ordinal);
        Assert.Equal(("state-1", server.Issuer), (OAuthServer.Query(back, "state"), OAuthServer.Query(back, "iss")));
        // Answered once.
        Assert.Equal(HttpStatusCode.NotFound, (await browser.PostAsync(path, new { allow = true, patient = "p1" })).Status);
        using var http = new HttpClient { BaseAddress = server.Address };
        var (status, json) = await OAuthServer.RedeemAsync(http, id, OAuthServer.Query(back, "code"));
        Assert.Equal((200, "openid patient/Patient.rs", "p1"), (status, json.GetProperty("scope").GetString(), json.GetProperty("patient").GetString()));
    }

    [Fact]
    public async Task No_goes_back_as_access_denied()
    {
        await server.AddAppAsync(id, "user/*.rs");
        using var browser = await server.SignInAsync($"user-{id}");
        var back = await OAuthServer.AllowAsync(browser, server.AuthorizeAddress(id, "user/Patient.rs"), new { allow = false });
        Assert.Equal(("access_denied", "state-1", ""), (OAuthServer.Query(back, "error"), OAuthServer.Query(back, "state"), OAuthServer.Query(back, "code")));
    }

    [Fact]
    public async Task Nobody_else_sees_or_answers_the_question_and_not_without_the_antiforgery_token()
    {
        await server.AddAppAsync(id, "user/*.rs");
        using var browser = await server.SignInAsync($"user-{id}");
        using var other = await server.SignInAsync($"other-{id}");
        using var second = server.Open();
        await second.SignInAsync($"user-{id}");
        var path = $"/access/consent/{(await browser.GetAsync(server.AuthorizeAddress(id, "user/Patient.rs"))).Location!.ToString().Split('=')[1]}";
        foreach (var wrong in (Browser[])[other, second])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await wrong.GetAsync(path)).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await wrong.PostAsync(path, new { allow = true })).Status);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await browser.SendAsync(HttpMethod.Post, path, new { allow = true }, null)).Status);
        server.Clock.Move(TimeSpan.FromMinutes(11));
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync(path)).Status);
    }

    [Theory]
    [InlineData("client_id", "unknown")]
    [InlineData("client_id", null)]
    [InlineData("client_id", "a\0b")]
    [InlineData("redirect_uri", null)]
    [InlineData("redirect_uri", "https://evil.example/cb")]
    [InlineData("redirect_uri", "https://app.example/cb/../evil")]
    [InlineData("redirect_uri", "https://app.example/cb?x")]
    [InlineData("redirect_uri", "javascript:alert(1)")]
    public async Task Who_is_not_known_is_not_redirected_to(string name, string? value)
    {
        await server.AddAppAsync(id, "user/*.rs");
        using var browser = await server.SignInAsync($"user-{id}");
        var answer = await browser.GetAsync(server.AuthorizeAddress(id, "user/Patient.rs", (name, value)));
        Assert.Equal((HttpStatusCode.BadRequest, null), (answer.Status, answer.Location));
        Assert.Equal("OperationOutcome", answer.Json["resourceType"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("response_type", "code id_token", "unsupported_response_type")]
    [InlineData("response_mode", "fragment", "invalid_request")]
    [InlineData("max_age", "soon", "invalid_request")]
    [InlineData("max_age", "-1", "invalid_request")]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("code_challenge", "short", "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("code_challenge_method", null, "invalid_request")]
    [InlineData("code_challenge_method", "s256", "invalid_request")]
    [InlineData("aud", null, "invalid_request")]
    [InlineData("aud", "https://evil.example/fhir", "invalid_request")]
    [InlineData("scope", "nonsense system/Patient.rs", "invalid_scope")]
    [InlineData("scope", null, "invalid_scope")]
    [InlineData("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported")]
    [InlineData("launch", "made-up", "invalid_request")]
    [InlineData("prompt", "none", "consent_required")]
    public async Task What_is_wrong_is_told_to_the_app(string name, string? value, string error)
    {
        await server.AddAppAsync(id, "launch user/*.rs");
        using var browser = await server.SignInAsync($"user-{id}");
        var answer = await browser.GetAsync(server.AuthorizeAddress(id, "launch user/Patient.rs", (name, value)));
        Assert.Equal((error, "state-1", server.Issuer), (OAuthServer.Query(answer.Location!, "error"), OAuthServer.Query(answer.Location!, "state"), OAuthServer.Query(answer.Location!, "iss")));
        Assert.Equal("", OAuthServer.Query(answer.Location!, "code"));
    }

    [Fact]
    public async Task A_parameter_that_comes_twice_is_refused()
    {
        await server.AddAppAsync(id, "user/*.rs");
        using var browser = await server.SignInAsync($"user-{id}");
        var answer = await browser.GetAsync($"{server.AuthorizeAddress(id, "user/Patient.rs")}&redirect_uri=https%3A%2F%2Fevil.example");
        Assert.Equal((HttpStatusCode.BadRequest, null), (answer.Status, answer.Location));
    }

    [Fact]
    public async Task A_form_becomes_an_address_without_looking_at_the_cookie()
    {
        using var browser = await server.SignInAsync($"user-{id}");
        using var form = new FormUrlEncodedContent([new("client_id", id), new("state", "a b&c")]);
        using var answer = await browser.Http.PostAsync(new Uri("/oauth/authorize", UriKind.Relative), form);
        Assert.Equal((HttpStatusCode.SeeOther, $"/oauth/authorize?client_id={id}&state=a%20b%26c"), (answer.StatusCode, answer.Headers.Location!.ToString()));
    }

    [Fact]
    public async Task A_consent_is_remembered_for_the_same_or_less_until_it_is_taken_away()
    {
        await server.AddAppAsync(id, "openid offline_access user/*.rs");
        using var browser = await server.SignInAsync($"user-{id}");
        var first = OAuthServer.Query(await OAuthServer.AllowAsync(browser, server.AuthorizeAddress(id, "openid offline_access user/Patient.rs")), "code");
        using var http = new HttpClient { BaseAddress = server.Address };
        var token = (await OAuthServer.RedeemAsync(http, id, first)).Json.GetProperty("access_token").GetString()!;
        await OAuthServer.WhoAsync(http, token);
        Assert.NotEqual("", OAuthServer.Query((await browser.GetAsync(server.AuthorizeAddress(id, "openid user/Patient.r"))).Location!, "code"));
        Assert.StartsWith("/consent", (await browser.GetAsync(server.AuthorizeAddress(id, "openid user/Observation.r"))).Location!.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("/consent", (await browser.GetAsync(server.AuthorizeAddress(id, "openid", ("prompt", "consent")))).Location!.ToString(), StringComparison.Ordinal);

        var app = Assert.Single((JsonArray)(await browser.GetAsync("/access/apps")).Json)!;
        Assert.Equal(id, app["client"]!["id"]!.GetValue<string>());
        using (var other = await server.SignInAsync($"other-{id}"))
        {
            Assert.Equal(HttpStatusCode.NotFound, (await other.DeleteAsync($"/access/apps/{app["id"]}")).Status);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await browser.DeleteAsync($"/access/apps/{app["id"]}")).Status);
        using var refused = await OAuthServer.GetAsync(http, "/whoami", token);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.StartsWith("/consent", (await browser.GetAsync(server.AuthorizeAddress(id, "openid"))).Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_app_on_this_machine_asks_each_time()
    {
        await server.AddAppAsync(id, "openid user/*.rs", c => c with { RedirectUris = ["http://127.0.0.1/cb"] });
        using var browser = await server.SignInAsync($"user-{id}");
        var address = server.AuthorizeAddress(id, "openid user/Patient.rs", ("redirect_uri", "http://127.0.0.1:50123/cb"));
        var back = await OAuthServer.AllowAsync(browser, address, new { allow = true });
        Assert.StartsWith("http://127.0.0.1:50123/cb?", back.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("/consent", (await browser.GetAsync(address)).Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_opened_from_a_chart_gets_its_patient_once_and_for_this_user_only()
    {
        await server.AddAppAsync(id, "launch openid patient/*.rs", c => c with { LaunchUri = "https://app.example/launch" });
        using var browser = await server.SignInAsync($"user-{id}");
        using var other = await server.SignInAsync($"other-{id}");
        var opened = await browser.PostAsync("/access/launch", new { client = id, patient = "p7" });
        var url = new Uri(opened.Json["url"]!.GetValue<string>());
        Assert.Equal($"{server.Issuer}/fhir", OAuthServer.Query(url, "iss"));
        var address = server.AuthorizeAddress(id, "launch openid patient/Patient.rs", ("launch", OAuthServer.Query(url, "launch")));
        Assert.Equal("invalid_request", OAuthServer.Query((await other.GetAsync(address)).Location!, "error"));
        var code = OAuthServer.Query(await OAuthServer.AllowAsync(browser, address, new { allow = true, patient = "another" }), "code");
        using var http = new HttpClient { BaseAddress = server.Address };
        var json = (await OAuthServer.RedeemAsync(http, id, code)).Json;
        Assert.Equal(("p7", false), (json.GetProperty("patient").GetString(), json.GetProperty("need_patient_banner").GetBoolean()));
        Assert.Equal("invalid_request", OAuthServer.Query((await browser.GetAsync(address)).Location!, "error"));
        Assert.Equal("client", (await browser.PostAsync("/access/launch", new { client = "unknown", patient = "p7" })).Field);
        Assert.Equal("patient", (await browser.PostAsync("/access/launch", new { client = id, patient = "a/b" })).Field);
    }

    [Fact]
    public async Task The_documents_say_where_everything_is()
    {
        using var browser = server.Open();
        var smart = (await browser.GetAsync("/fhir/.well-known/smart-configuration")).Json;
        Assert.Equal($"{server.Issuer}/oauth/token", smart["token_endpoint"]!.GetValue<string>());
        Assert.Contains("launch-standalone", smart["capabilities"]!.AsArray().Select(c => c!.GetValue<string>()));
        Assert.Equal(["S256"], smart["code_challenge_methods_supported"]!.AsArray().Select(c => c!.GetValue<string>()));
        var openid = (await browser.GetAsync("/.well-known/openid-configuration")).Json;
        Assert.Equal(server.Issuer, openid["issuer"]!.GetValue<string>());
        var keys = (await browser.GetAsync("/oauth/jwks")).Json["keys"]!.AsArray();
        Assert.NotEmpty(keys);
        Assert.All(keys, k => Assert.Null(k!["d"]));
    }

    [Fact]
    public async Task A_request_that_came_from_elsewhere_does_not_choose_the_issuer()
    {
        using var browser = server.Open("192.0.2.7");
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.GetAsync("/fhir/.well-known/smart-configuration")).Status);
        using var host = server.Open();
        Assert.Equal(HttpStatusCode.BadRequest, (await host.SendAsync(HttpMethod.Get, "/fhir/.well-known/smart-configuration", null, null, ("Host", "evil.example"))).Status);
    }
}
