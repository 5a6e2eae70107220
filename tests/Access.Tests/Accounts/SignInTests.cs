using System.Net;
using Salus.Access.Accounts;
using Salus.Access.Tests.Accounts.Support;
using Salus.Kernel;

namespace Salus.Access.Tests.Accounts;

public sealed class SignInTests(AccountServer server) : IClassFixture<AccountServer>
{
    [Fact]
    public async Task Right_password_begins_a_session_that_the_gate_takes()
    {
        var user = await server.AddAsync("right", "physician");
        using var browser = server.Open();
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/who")).Status);
        Assert.Equal("done", (await browser.SignInAsync("RIGHT")).Next);
        Assert.Equal($"user/{user.Id:N}", (await browser.GetAsync("/who")).Text);
        var account = (await browser.SessionAsync())["account"]!;
        Assert.Equal("right", account["userName"]!.GetValue<string>());
        Assert.Equal("Salus", account["tenant"]!["name"]!.GetValue<string>());
        Assert.Contains(server.Audited.ToArray(), e => e.Kind == AuditKind.SignIn && e.Id == user.Id.ToString("N") && e.Outcome == AuditOutcome.Success);
    }

    [Fact]
    public async Task Sign_out_ends_the_session_also_for_a_copy_of_the_cookie()
    {
        await server.AddAsync("leaver");
        using var browser = server.Open();
        await browser.SignInAsync("leaver");
        using var thief = server.Open();
        thief.Cookies.Add(server.Address, new Cookie("salus", browser.Cookie("salus")));
        Assert.Equal(HttpStatusCode.OK, (await thief.GetAsync("/who")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await browser.PostAsync("/access/sign-out")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.GetAsync("/who")).Status);
        Assert.Null(browser.Cookie("salus"));
    }

    [Fact]
    public async Task Unknown_wrong_and_locked_differ_neither_in_words_nor_in_work()
    {
        await server.AddAsync("known");
        var locked = await server.AddAsync("locked");
        await server.LockAsync(locked);
        using var browser = server.Open();
        // The hash for unknown users is made once.
        await browser.SignInAsync("nobody-at-all", "wrong password!");
        var answers = new List<(string Text, HttpStatusCode Status, int Hashes)>();
        foreach (var (name, password) in new[] { ("unknown", "wrong password!"), ("known", "wrong password!"), ("locked", AccountServer.Password) })
        {
            await browser.SessionAsync();
            var before = server.HashComputations;
            var answer = await browser.PostAsync("/access/sign-in", new { userName = name, password });
            answers.Add((answer.Text, answer.Status, server.HashComputations - before));
        }

        Assert.Equal((HttpStatusCode.Unauthorized, 1), (answers[0].Status, answers[0].Hashes));
        Assert.Single(answers.Distinct());
    }

    [Fact]
    public async Task The_secret_of_the_cookie_is_not_in_the_database()
    {
        await server.AddAsync("hashed");
        using var browser = server.Open();
        await browser.SignInAsync("hashed");
        await using var rows = server.Source.CreateCommand("select count(*) from access.session s where s::text like '%' || $1 || '%'");
        rows.Parameters.Add(new() { Value = browser.Cookie("salus") });
        Assert.Equal(0L, await rows.ExecuteScalarAsync());
        Assert.Equal(43, browser.Cookie("salus")!.Length);
    }

    [Fact]
    public async Task A_cookie_that_was_planted_is_not_the_one_after_sign_in()
    {
        await server.AddAsync("fixed");
        await server.AddAsync("attacker");
        using var attacker = server.Open();
        await attacker.SignInAsync("attacker");
        var planted = attacker.Cookie("salus")!;
        using var victim = server.Open();
        victim.Cookies.Add(server.Address, new Cookie("salus", planted));
        await victim.SignInAsync("fixed");
        Assert.NotEqual(planted, victim.Cookie("salus"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await attacker.GetAsync("/who")).Status);
    }

    [Theory]
    [InlineData("", "some password", "userName")]
    [InlineData("two words", "some password", "userName")]
    [InlineData("name", "", "password")]
    public async Task What_is_missing_is_named(string userName, string password, string field)
    {
        using var browser = server.Open();
        await browser.SessionAsync();
        var answer = await browser.PostAsync("/access/sign-in", new { userName, password });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, field), (answer.Status, answer.Field));
    }

    [Fact]
    public async Task A_body_that_is_no_json_is_refused_without_quoting_it()
    {
        using var browser = server.Open();
        await browser.SessionAsync();
        var answer = await browser.SendAsync(HttpMethod.Post, "/access/sign-in", new { userName = 12, password = "secret-in-body" }, browser.Token);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.DoesNotContain("secret-in-body", answer.Text, StringComparison.Ordinal);
    }
}
