using System.Net;
using Salus.Access.Accounts;
using Salus.Access.Accounts.Administration;
using Salus.Access.Tests.Accounts.Support;
using Salus.Kernel;

namespace Salus.Access.Tests.Accounts;

public sealed class SessionTests(AccountServer server) : IClassFixture<AccountServer>
{
    [Fact]
    public async Task A_session_without_requests_is_over_after_half_an_hour()
    {
        await server.AddAsync("idle");
        using var browser = server.Open();
        await browser.SignInAsync("idle");
        server.Clock.Move(TimeSpan.FromMinutes(29));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/who")).Status);
        server.Clock.Move(TimeSpan.FromMinutes(29));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/who")).Status);
        server.Clock.Move(TimeSpan.FromMinutes(31));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/who")).Status);
    }

    [Fact]
    public async Task A_session_is_over_after_twelve_hours_whatever_is_done()
    {
        await server.AddAsync("shift");
        using var browser = server.Open();
        await browser.SignInAsync("shift");
        for (var minutes = 0; minutes < 12 * 60 - 20; minutes += 20)
        {
            server.Clock.Move(TimeSpan.FromMinutes(20));
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/who")).Status);
        }

        server.Clock.Move(TimeSpan.FromMinutes(20));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/who")).Status);
    }

    [Fact]
    public async Task Sessions_are_listed_and_one_can_end_another()
    {
        await server.AddAsync("lister");
        await server.AddAsync("stranger");
        using var here = server.Open();
        using var there = server.Open();
        using var stranger = server.Open();
        await here.SignInAsync("lister");
        await there.SignInAsync("lister");
        await stranger.SignInAsync("stranger");
        var sessions = (await here.GetAsync("/access/account/sessions")).Json.AsArray();
        Assert.Equal(2, sessions.Count);
        var other = sessions.Single(s => !s!["current"]!.GetValue<bool>())!["id"]!.GetValue<string>();
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.DeleteAsync($"/access/account/sessions/{other}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await there.GetAsync("/who")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await here.DeleteAsync($"/access/account/sessions/{other}")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await there.GetAsync("/who")).Status);
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync("/who")).Status);
    }

    [Fact]
    public async Task Another_password_ends_every_other_session_and_this_one_goes_on()
    {
        await server.AddAsync("changer");
        using var here = server.Open();
        using var there = server.Open();
        await here.SignInAsync("changer");
        await there.SignInAsync("changer");
        const string Better = "marmots of the lantern quixotic";
        Assert.Equal("current", (await here.PostAsync("/access/account/password", new { current = "not the one of now", @new = Better })).Field);
        Assert.Equal("new", (await here.PostAsync("/access/account/password", new { current = AccountServer.Password, @new = "password12345" })).Field);
        Assert.Equal(HttpStatusCode.NoContent, (await here.PostAsync("/access/account/password", new { current = AccountServer.Password, @new = Better })).Status);
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync("/who")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await there.GetAsync("/who")).Status);
        Assert.False((await there.SignInAsync("changer")).Ok);
        Assert.Equal("done", (await there.SignInAsync("changer", Better)).Next);
    }

    [Fact]
    public async Task A_stamp_that_changed_ends_the_session_though_it_is_not_deleted()
    {
        var user = await server.AddAsync("stamped");
        using var browser = server.Open();
        await browser.SignInAsync("stamped");
        user.Stamp = "second";
        await server.Get<AccountTable>().SaveAsync(user, CancellationToken.None);
        server.Get<AccountDirectory>().Forget(user.Id);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/who")).Status);
    }

    [Fact]
    public async Task A_lock_counts_at_the_next_request_and_for_what_was_asked_for_earlier()
    {
        var user = await server.AddAsync("soon-locked", "physician");
        using var browser = server.Open();
        await browser.SignInAsync("soon-locked");
        var callers = server.Get<ICallers>();
        var actor = user.ToAccount().Actor;
        Assert.True((await callers.FindAsync(Tenant.Default, actor, null, CancellationToken.None))!.Permit.Has(Permissions.BreakGlass));
        Assert.Null(await callers.FindAsync(new Tenant(2), actor, null, CancellationToken.None));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/who")).Status);
        await server.Get<UserAdministration>().SetStateAsync(user, AccountState.Locked, CancellationToken.None);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/who")).Status);
        Assert.Null(await callers.FindAsync(Tenant.Default, actor, null, CancellationToken.None));
    }

    [Fact]
    public async Task A_proof_is_fresh_for_five_minutes_and_can_be_renewed()
    {
        await server.AddAsync("fresh", "physician");
        using var browser = server.Open();
        await browser.SignInAsync("fresh");
        Assert.Equal(HttpStatusCode.Created, (await OpenAsync(browser)).Status);
        server.Clock.Move(TimeSpan.FromMinutes(6));
        Assert.Equal(HttpStatusCode.PreconditionRequired, (await OpenAsync(browser)).Status);
        Assert.Equal("password", (await browser.PostAsync("/access/reauthenticate", new { password = "not mine at all" })).Field);
        Assert.Equal(HttpStatusCode.PreconditionRequired, (await OpenAsync(browser)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await browser.PostAsync("/access/reauthenticate", new { password = AccountServer.Password })).Status);
        Assert.Equal(HttpStatusCode.Created, (await OpenAsync(browser)).Status);
        Assert.Equal("p1", (await browser.SessionAsync())["account"]!["breakGlass"]![0]!["patient"]!.GetValue<string>());
    }

    private static Task<Reply> OpenAsync(Browser browser) => browser.PostAsync("/access/break-glass", new { patient = "p1", reason = "unconscious in the emergency room" });
}
