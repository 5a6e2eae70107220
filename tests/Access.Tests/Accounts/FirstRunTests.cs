using System.Net;
using Salus.Access.Accounts.Links;
using Salus.Access.Tests.Accounts.Support;

namespace Salus.Access.Tests.Accounts;

public sealed class FirstRunTests
{
    [Fact]
    public async Task The_first_administrator_needs_the_code_of_the_console_and_is_made_once()
    {
        var server = new AccountServer();
        await server.InitializeAsync();
        try
        {
            var code = server.Get<FirstRun>().Code!;
            using var browser = server.Open();
            // Somebody without that role, invited by the command, takes nobody the first run away.
            await server.AddAsync("earlier", "physician");
            Assert.True((await browser.SessionAsync())["firstRun"]!.GetValue<bool>());
            var wish = new { code = "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA", userName = "first", name = "First", password = AccountServer.Password };
            Assert.Equal("code", (await browser.PostAsync("/access/first-run", wish)).Field);
            Assert.Equal("password", (await browser.PostAsync("/access/first-run", wish with { code = code, password = "password1234" })).Field);
            var typed = string.Join('-', code.ToLowerInvariant().Chunk(5).Select(c => new string(c)));
            Assert.Equal("enrol", (await browser.PostAsync("/access/first-run", wish with { code = typed })).Next);
            using var second = server.Open();
            Assert.False((await second.SessionAsync())["firstRun"]!.GetValue<bool>());
            Assert.Equal(HttpStatusCode.Conflict, (await second.PostAsync("/access/first-run", wish with { code = code, userName = "second" })).Status);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Demo_accounts_say_so_and_are_not_made_beside_real_ones()
    {
        var server = new AccountServer();
        await server.InitializeAsync();
        try
        {
            var people = new[] { new DemoPerson("nurse", "Nora", "Practitioner/2", ["Location/1"]), new DemoPerson("administrator", "Ada", null, []) };
            Assert.Equal(2, await DemoAccounts.MakeAsync(server.Services, people));
            Assert.Equal(0, await DemoAccounts.MakeAsync(server.Services, people));
            using var browser = server.Open();
            var shown = (await browser.SessionAsync())["demoAccounts"]!.AsArray();
            Assert.Equal(["demo-nurse", "demo-administrator"], shown.Select(d => d!["userName"]!.GetValue<string>()));
            Assert.All(shown, d => Assert.EndsWith("(demo)", d!["name"]!.GetValue<string>(), StringComparison.Ordinal));
            // Without a second factor, which nobody could share.
            Assert.Equal("done", (await browser.SignInAsync("demo-administrator", DemoAccounts.Password)).Next);
            Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync("/access/account/password", new { current = DemoAccounts.Password, @new = AccountServer.Password })).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync("/access/account/totp")).Status);
            await server.AddAsync("real");
            Assert.Equal(0, await DemoAccounts.MakeAsync(server.Services, [new DemoPerson("physician", "Phil", null, [])]));
        }
        finally
        {
            await server.DisposeAsync();
        }
    }
}
