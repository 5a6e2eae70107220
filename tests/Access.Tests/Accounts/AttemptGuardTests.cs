using System.Net;
using Salus.Access.Tests.Accounts.Support;

namespace Salus.Access.Tests.Accounts;

public sealed class AttemptGuardTests(AccountServer server) : IClassFixture<AccountServer>
{
    private const string Wrong = "certainly not the password";

    [Fact]
    public async Task After_five_wrong_passwords_the_right_one_has_to_wait_and_longer_each_time()
    {
        await server.AddAsync("slow");
        using var browser = server.Open("10.1.0.1");
        await WrongAsync(browser, "slow", 5);
        Assert.False((await browser.SignInAsync("slow")).Ok);
        server.Clock.Move(TimeSpan.FromSeconds(31));
        Assert.False((await browser.SignInAsync("slow", Wrong)).Ok);
        server.Clock.Move(TimeSpan.FromSeconds(31));
        // The sixth doubled the delay.
        Assert.False((await browser.SignInAsync("slow")).Ok);
        server.Clock.Move(TimeSpan.FromSeconds(30));
        Assert.Equal("done", (await browser.SignInAsync("slow")).Next);
    }

    [Fact]
    public async Task Attempts_at_once_count_before_they_are_looked_at()
    {
        await server.AddAsync("parallel");
        using var browser = server.Open("10.1.0.2");
        await browser.SessionAsync();
        var before = server.Audited.ToArray().Length;
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => browser.PostAsync("/access/sign-in", new { userName = "parallel", password = Wrong })));
        var refused = server.Audited.ToArray().Skip(before).Count(e => e.Detail!.StartsWith("has to wait", StringComparison.Ordinal));
        Assert.Equal(15, refused);
    }

    [Fact]
    public async Task Who_guesses_elsewhere_does_not_lock_the_nurse_out()
    {
        await server.AddAsync("nurse", "nurse");
        using var ward = server.Open("10.1.0.3");
        Assert.True((await ward.SignInAsync("nurse")).Ok);
        for (var i = 0; i < 12; i++)
        {
            using var attacker = server.Open($"10.2.0.{i}");
            await WrongAsync(attacker, "nurse", 5);
        }

        // The account as a whole waits now for browsers that were never there.
        using var elsewhere = server.Open("10.1.0.4");
        Assert.False((await elsewhere.SignInAsync("nurse")).Ok);
        await ward.PostAsync("/access/sign-out");
        Assert.Equal("done", (await ward.SignInAsync("nurse")).Next);
    }

    [Fact]
    public async Task A_known_browser_has_no_more_attempts_than_others()
    {
        await server.AddAsync("stolen");
        using var browser = server.Open("10.1.0.5");
        await browser.SignInAsync("stolen");
        await browser.PostAsync("/access/sign-out");
        await WrongAsync(browser, "stolen", 5);
        Assert.False((await browser.SignInAsync("stolen")).Ok);
    }

    [Fact]
    public async Task The_cookie_of_a_known_browser_helps_for_its_own_account_only()
    {
        await server.AddAsync("mine");
        await server.AddAsync("other");
        using var browser = server.Open("10.1.0.6");
        await browser.SignInAsync("mine");
        await browser.PostAsync("/access/sign-out");
        await WrongAsync(browser, "other", 5);
        using var same = server.Open("10.1.0.6");
        Assert.False((await same.SignInAsync("other")).Ok);
    }

    [Fact]
    public async Task Unknown_users_have_to_wait_like_known_ones()
    {
        using var browser = server.Open("10.1.0.7");
        var answers = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            answers.Add((await browser.SignInAsync("no-such-user", Wrong)).Text);
        }

        Assert.Single(answers.Distinct());
        await using var command = server.Source.CreateCommand("select count(*) from access.attempt where not allowed");
        Assert.NotEqual(0L, await command.ExecuteScalarAsync());
    }

    private static async Task WrongAsync(Browser browser, string userName, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await browser.SignInAsync(userName, Wrong)).Status);
        }
    }
}
