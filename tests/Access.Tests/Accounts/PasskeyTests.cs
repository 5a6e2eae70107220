using System.Net;
using System.Text.Json.Nodes;
using Salus.Access.Tests.Accounts.Support;

namespace Salus.Access.Tests.Accounts;

public sealed class PasskeyTests(AccountServer server) : IClassFixture<AccountServer>
{
    // A passkey belongs to a name; an address has none.
    private string Origin => $"http://localhost:{server.Address.Port}";

    // As a browser does, with the origin of its page.
    private Browser Open()
    {
        var browser = new Browser(new Uri(Origin));
        browser.Http.DefaultRequestHeaders.Add("Origin", Origin);
        return browser;
    }

    [Fact]
    public async Task A_passkey_signs_in_without_a_password_and_its_answer_counts_once()
    {
        await server.AddAsync("keyed", "physician");
        using var passkey = new Authenticator(Origin);
        using var browser = Open();
        await RegisterAsync(browser, "keyed", passkey);
        using var fresh = Open();
        await fresh.SessionAsync();
        var answer = passkey.Get((await fresh.PostAsync("/access/sign-in/passkey/options")).Json);
        var signed = await fresh.PostAsync("/access/sign-in/passkey", new { credential = answer });
        Assert.True(signed.Ok, signed.Text);
        Assert.Equal("done", signed.Next);
        Assert.Equal(HttpStatusCode.OK, (await fresh.GetAsync("/who")).Status);
        using var replay = Open();
        await replay.SessionAsync();
        await replay.PostAsync("/access/sign-in/passkey/options");
        Assert.Equal(HttpStatusCode.Unauthorized, (await replay.PostAsync("/access/sign-in/passkey", new { credential = answer })).Status);
    }

    [Fact]
    public async Task Two_tabs_of_a_browser_ask_side_by_side()
    {
        await server.AddAsync("tabs", "physician");
        using var passkey = new Authenticator(Origin);
        using var browser = Open();
        await RegisterAsync(browser, "tabs", passkey);
        using var fresh = Open();
        await fresh.SessionAsync();
        var first = passkey.Get((await fresh.PostAsync("/access/sign-in/passkey/options")).Json);
        var second = passkey.Get((await fresh.PostAsync("/access/sign-in/passkey/options")).Json);
        first["response"]!["signature"] = "AAAA";
        Assert.Equal(HttpStatusCode.Unauthorized, (await fresh.PostAsync("/access/sign-in/passkey", new { credential = first })).Status);
        Assert.Equal("done", (await fresh.PostAsync("/access/sign-in/passkey", new { credential = second })).Next);
    }

    [Fact]
    public async Task With_a_passkey_the_password_waits_for_it()
    {
        await server.AddAsync("both");
        await server.AddAsync("someone");
        using var passkey = new Authenticator(Origin);
        using var other = new Authenticator(Origin);
        using var browser = Open();
        await RegisterAsync(browser, "both", passkey);
        using var stranger = Open();
        await RegisterAsync(stranger, "someone", other);
        using var second = Open();
        Assert.Equal("second-factor", (await second.SignInAsync("both")).Next);
        await AskAsync(second, other, HttpStatusCode.Unauthorized);
        await AskAsync(second, passkey, HttpStatusCode.OK);
        Assert.Equal("both", (await second.SessionAsync())["account"]!["userName"]!.GetValue<string>());
    }

    [Fact]
    public async Task Another_origin_another_key_and_a_broken_answer_are_refused()
    {
        await server.AddAsync("phished");
        using var passkey = new Authenticator(Origin);
        using var browser = Open();
        await RegisterAsync(browser, "phished", passkey);
        using var fresh = Open();
        await fresh.SessionAsync();
        var options = (await fresh.PostAsync("/access/sign-in/passkey/options")).Json;
        using var elsewhere = new Authenticator("https://evil.example");
        elsewhere.Create(new JsonObject { ["user"] = new JsonObject { ["id"] = "x" }, ["rp"] = new JsonObject(), ["challenge"] = "x" });
        Assert.Equal(HttpStatusCode.Unauthorized, (await fresh.PostAsync("/access/sign-in/passkey", new { credential = elsewhere.Get(options) })).Status);
        var broken = passkey.Get((await fresh.PostAsync("/access/sign-in/passkey/options")).Json);
        broken["response"]!["signature"] = "AAAA";
        Assert.Equal(HttpStatusCode.Unauthorized, (await fresh.PostAsync("/access/sign-in/passkey", new { credential = broken })).Status);
        // Its challenge is used up by the wrong answer.
        Assert.Equal(HttpStatusCode.Unauthorized, (await fresh.PostAsync("/access/sign-in/passkey", new { credential = passkey.Get(options) })).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await fresh.PostAsync("/access/sign-in/passkey", new { credential = "no json" })).Status);
    }

    [Fact]
    public async Task Passkeys_are_listed_and_removed_by_their_owner_only()
    {
        await server.AddAsync("owner");
        await server.AddAsync("nosy");
        using var passkey = new Authenticator(Origin);
        using var browser = Open();
        await RegisterAsync(browser, "owner", passkey);
        using var nosy = Open();
        await nosy.SignInAsync("nosy");
        Assert.Equal(HttpStatusCode.NotFound, (await nosy.DeleteAsync($"/access/account/passkeys/{passkey.Id}")).Status);
        var listed = (await browser.GetAsync("/access/account/passkeys")).Json.AsArray();
        Assert.Equal(("Key of owner", passkey.Id), (listed[0]!["name"]!.GetValue<string>(), listed[0]!["id"]!.GetValue<string>()));
        Assert.Equal(HttpStatusCode.NoContent, (await browser.DeleteAsync($"/access/account/passkeys/{passkey.Id}")).Status);
        Assert.Empty((await browser.GetAsync("/access/account/passkeys")).Json.AsArray());
    }

    private static async Task RegisterAsync(Browser browser, string userName, Authenticator passkey)
    {
        Assert.Equal("done", (await browser.SignInAsync(userName)).Next);
        var options = await browser.PostAsync("/access/account/passkeys/options");
        var added = await browser.PostAsync("/access/account/passkeys", new { name = $"Key of {userName}", credential = passkey.Create(options.Json) });
        Assert.True(added.Ok, added.Text);
    }

    private static async Task AskAsync(Browser browser, Authenticator passkey, HttpStatusCode expected)
    {
        var options = await browser.PostAsync("/access/sign-in/passkey/options");
        Assert.Equal(expected, (await browser.PostAsync("/access/sign-in/passkey", new { credential = passkey.Get(options.Json) })).Status);
    }
}
