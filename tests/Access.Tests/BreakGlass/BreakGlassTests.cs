using System.Net;
using Salus.Access.Accounts;
using Salus.Access.Accounts.SecondFactors;
using Salus.Access.Roles;
using Salus.Access.Tests.Accounts;
using Salus.Access.Tests.Accounts.Support;
using Salus.Kernel;

namespace Salus.Access.Tests.BreakGlass;

public sealed class BreakGlassTests(AccountServer server) : IClassFixture<AccountServer>
{
    private const string Reason = "Unconscious in the emergency department";

    [Fact]
    public async Task It_opens_one_patient_for_a_time_whatever_labels_and_consents_say()
    {
        var user = await server.AddAsync("opener", "physician");
        var account = user.ToAccount() with { Person = "Practitioner/1" };
        using var browser = server.Open();
        await browser.SignInAsync("opener");
        var answer = await browser.PostAsync("/access/break-glass", new { patient = "closed-1", reason = Reason, minutes = 30 });
        Assert.Equal(HttpStatusCode.Created, answer.Status);

        var grants = (await PermitAsync(account)).For("Observation", Interactions.Read)![0];
        var opened = Assert.Single(grants, g => g.Reach == Reach.Of("closed-1"));
        Assert.Equal((Confidentiality.VeryRestricted, false), (opened.Clearance, opened.HeedsConsent));
        Assert.DoesNotContain((await PermitAsync(account)).For("Observation", Interactions.Read)![0], g => g.Reach == Reach.All);
        Assert.Null((await PermitAsync(account)).For("Observation", Interactions.Delete));
        var caller = await server.Get<Permits>().OfUserAsync(account, null, null, CancellationToken.None);
        Assert.Equal([new OpenedRecord("closed-1", (Guid)answer.Json["id"]!)], caller.Opened);

        server.Clock.Move(TimeSpan.FromMinutes(31));
        Assert.DoesNotContain((await PermitAsync(account)).For("Observation", Interactions.Read)![0], g => g.Reach == Reach.Of("closed-1"));
    }

    [Fact]
    public async Task It_ends_at_once_when_it_is_given_back()
    {
        var user = await server.AddAsync("giver", "nurse");
        using var browser = server.Open();
        await browser.SignInAsync("giver");
        var id = (string)(await browser.PostAsync("/access/break-glass", new { patient = "closed-2", reason = Reason })).Json["id"]!;
        Assert.Contains("closed-2", (await browser.GetAsync("/access/break-glass")).Text, StringComparison.Ordinal);

        using var another = server.Open();
        await server.AddAsync("another", "nurse");
        await another.SignInAsync("another");
        Assert.Equal(HttpStatusCode.NotFound, (await another.DeleteAsync($"/access/break-glass/{id}")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await browser.DeleteAsync($"/access/break-glass/{id}")).Status);
        Assert.Equal("[]", (await browser.GetAsync("/access/break-glass")).Text);
        Assert.DoesNotContain((await PermitAsync(user.ToAccount() with { Person = "Practitioner/2" })).For("Observation", Interactions.Read)![0], g => g.Reach == Reach.Of("closed-2"));
    }

    [Fact]
    public async Task It_wants_a_reason_a_patient_and_a_fresh_proof()
    {
        await server.AddAsync("hasty", "physician");
        using var browser = server.Open();
        await browser.SignInAsync("hasty");
        Assert.Equal("reason", (await browser.PostAsync("/access/break-glass", new { patient = "p", reason = "urgent" })).Field);
        Assert.Equal("patient", (await browser.PostAsync("/access/break-glass", new { patient = "../x", reason = Reason })).Field);
        Assert.Equal("minutes", (await browser.PostAsync("/access/break-glass", new { patient = "p", reason = Reason, minutes = 0 })).Field);

        server.Clock.Move(TimeSpan.FromMinutes(10));
        Assert.Equal(428, (int)(await browser.PostAsync("/access/break-glass", new { patient = "p", reason = Reason })).Status);
        Assert.True((await browser.PostAsync("/access/reauthenticate", new { password = AccountServer.Password })).Ok);
        Assert.Equal(HttpStatusCode.Created, (await browser.PostAsync("/access/break-glass", new { patient = "p", reason = Reason })).Status);
    }

    [Fact]
    public async Task A_patient_whom_nobody_knows_is_refused()
    {
        await server.AddAsync("seeker", "physician");
        using var browser = server.Open();
        await browser.SignInAsync("seeker");
        var answer = await browser.PostAsync("/access/break-glass", new { patient = $"{AccountServer.Unknown}1", reason = Reason });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "patient"), (answer.Status, answer.Field));
        Assert.Equal("[]", (await browser.GetAsync("/access/break-glass")).Text);
    }

    [Theory]
    [InlineData("            ")]
    [InlineData("\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b")]
    [InlineData("short\u200b\u2060\ufeff\u00ad\u200d\u200e")]
    [InlineData("\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u000e\u000f\u0010")]
    [InlineData("\u3164\u3164\u3164\u3164\u3164\u3164\u3164\u3164\u3164\u3164\u2800\u2800")]
    [InlineData("a                    b")]
    [InlineData(".........................")]
    public async Task A_reason_that_nobody_can_read_is_none(string reason)
    {
        var name = $"mute{Guid.CreateVersion7():N}";
        await server.AddAsync(name, "physician");
        using var browser = server.Open();
        await browser.SignInAsync(name);
        Assert.Equal("reason", (await browser.PostAsync("/access/break-glass", new { patient = "p", reason })).Field);
    }

    [Fact]
    public async Task More_minutes_than_there_are_is_refused_with_the_limit()
    {
        await server.AddAsync("lingerer", "physician");
        using var browser = server.Open();
        await browser.SignInAsync("lingerer");
        var answer = await browser.PostAsync("/access/break-glass", new { patient = "p", reason = Reason, minutes = 61 });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "minutes"), (answer.Status, answer.Field));
        Assert.Contains("at most 60", answer.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, (await browser.PostAsync("/access/break-glass", new { patient = "p", reason = Reason, minutes = 60 })).Status);
    }

    [Fact]
    public async Task Opening_a_record_again_ends_the_opening_before()
    {
        await server.AddAsync("repeater", "physician");
        using var browser = server.Open();
        await browser.SignInAsync("repeater");
        var first = (string)(await browser.PostAsync("/access/break-glass", new { patient = "twice", reason = Reason, minutes = 60 })).Json["id"]!;
        var other = (string)(await browser.PostAsync("/access/break-glass", new { patient = "another", reason = Reason, minutes = 60 })).Json["id"]!;
        var second = (string)(await browser.PostAsync("/access/break-glass", new { patient = "twice", reason = Reason + ", again", minutes = 5 })).Json["id"]!;
        var mine = (await browser.GetAsync("/access/break-glass")).Json.AsArray().Select(o => (string)o!["id"]!);
        Assert.Equal([other, second], mine);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.DeleteAsync($"/access/break-glass/{first}")).Status);
        server.Clock.Move(TimeSpan.FromMinutes(6));
        Assert.DoesNotContain("twice", (await browser.GetAsync("/access/break-glass")).Text, StringComparison.Ordinal);
        lock (server.Audited)
        {
            Assert.Single(server.Audited, e => e.Kind == AuditKind.BreakGlass && e.Patients.Contains("twice") && e.Detail!.StartsWith("ended: the user opened", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("analyst")]
    [InlineData("patient")]
    [InlineData("operations-manager")]
    public async Task It_is_for_those_who_treat(string role)
    {
        await server.AddAsync($"no-{role}", role);
        using var browser = server.Open();
        await browser.SignInAsync($"no-{role}");
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync("/access/break-glass", new { patient = "p", reason = Reason })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/admin/access/break-glass")).Status);
    }

    [Fact]
    public async Task The_officer_is_told_at_once_and_judges_once_and_nobody_judges_their_own()
    {
        // Two roles at once, so that somebody is there to judge what they did themselves.
        await server.AddAsync("both-sides", "physician", "privacy-officer");
        using var self = server.Open();
        await SignInAsOfficerAsync(self, "both-sides");
        var opening = await self.PostAsync("/access/break-glass", new { patient = "closed-3", reason = Reason });
        Assert.True(opening.Status == HttpStatusCode.Created, opening.Text);
        var id = (string)opening.Json["id"]!;
        var verdict = new { verdict = "justified", comment = "It was me." };
        Assert.Equal(HttpStatusCode.Conflict, (await self.PostAsync($"/admin/access/break-glass/{id}/verdict", verdict)).Status);

        await server.AddAsync("officer", "privacy-officer");
        using var officer = server.Open();
        await SignInAsOfficerAsync(officer, "officer");
        Assert.Contains(id, (await officer.GetAsync("/admin/access/notices")).Text, StringComparison.Ordinal);
        Assert.Contains(Reason, (await officer.GetAsync("/admin/access/break-glass?state=open")).Text, StringComparison.Ordinal);
        Assert.Equal("verdict", (await officer.PostAsync($"/admin/access/break-glass/{id}/verdict", new { verdict = "fine", comment = "x" })).Field);
        Assert.Equal("comment", (await officer.PostAsync($"/admin/access/break-glass/{id}/verdict", new { verdict = "unclear", comment = " " })).Field);
        var early = await officer.PostAsync($"/admin/access/break-glass/{id}/verdict", new { verdict = "justified", comment = "While it is open." });
        Assert.Equal(HttpStatusCode.Conflict, early.Status);
        Assert.Contains("has to end first", early.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await self.DeleteAsync($"/access/break-glass/{id}")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await self.PostAsync($"/admin/access/break-glass/{id}/verdict", verdict)).Status);
        Assert.Equal(HttpStatusCode.OK, (await officer.PostAsync($"/admin/access/break-glass/{id}/verdict", new { verdict = "justified", comment = "Seen in the emergency department." })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await officer.PostAsync($"/admin/access/break-glass/{id}/verdict", new { verdict = "unjustified", comment = "On second thoughts." })).Status);
        Assert.Contains(id, (await officer.GetAsync("/admin/access/break-glass?state=judged")).Text, StringComparison.Ordinal);
        Assert.Equal("cursor", (await officer.GetAsync("/admin/access/break-glass?cursor=nowhere")).Field);
        Assert.Equal("count", (await officer.GetAsync("/admin/access/break-glass?count=99999999999")).Field);
        Assert.Equal("count", (await officer.GetAsync("/admin/access/break-glass?count=many")).Field);

        lock (server.Audited)
        {
            Assert.Contains(server.Audited, e => e.Kind == AuditKind.BreakGlass && e.Patients.Contains("closed-3") && e.Detail!.Contains(Reason, StringComparison.Ordinal));
            Assert.Contains(server.Audited, e => e.Kind == AuditKind.BreakGlassReview && e.Patients.Contains("closed-3") && e.Caller.Name == "Name of officer");
        }
    }

    // Officers need a second factor outside the demo.
    private async Task SignInAsOfficerAsync(Browser browser, string userName)
    {
        await browser.SignInAsync(userName);
        var secret = (string)(await browser.PostAsync("/access/account/totp")).Json["secret"]!;
        var code = Totp.Code(SecondFactorTests.Decode(secret), Totp.StepAt(server.Clock.GetUtcNow()));
        var confirmed = await browser.PostAsync("/access/account/totp/confirm", new { code });
        Assert.True(confirmed.Ok, confirmed.Text);
        await browser.SessionAsync();
    }

    private async Task<Permit> PermitAsync(Account account) => (await server.Get<Permits>().OfUserAsync(account, null, null, CancellationToken.None)).Permit;
}
