using System.Net;
using Salus.Access.Accounts;
using Salus.Access.Accounts.Links;
using Salus.Access.Tests.Accounts.Support;
using Salus.Kernel;

namespace Salus.Access.Tests.Accounts;

public sealed class AdministrationTests(AdministrationTests.Relaxed server) : IClassFixture<AdministrationTests.Relaxed>, IAsyncLifetime
{
    private const string Chosen = "lantern marmots quixotic of the";
    private static readonly string[] Nurse = ["nurse"];
    private readonly Browser admin = server.Open();

    public async Task InitializeAsync()
    {
        if (await server.Get<AccountTable>().FindByNameAsync("admin", CancellationToken.None) is null)
        {
            await server.AddAsync("admin", "administrator");
        }

        Assert.Equal("done", (await admin.SignInAsync("admin")).Next);
    }

    [Fact]
    public async Task An_invitation_is_used_once_and_makes_the_account_usable()
    {
        var made = await admin.PostAsync("/admin/access/users", new { name = "Grace Hopper", roles = Nurse, person = "Practitioner/7", wards = new[] { "Location/3" } });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal("invited", made.Json["user"]!["state"]!.GetValue<string>());
        var link = "/access" + made.Json["link"]!.GetValue<string>();
        using var browser = server.Open();
        await browser.SessionAsync();
        var shown = (await browser.GetAsync(link)).Json;
        Assert.Equal(("invitation", "Grace Hopper"), (shown["kind"]!.GetValue<string>(), shown["name"]!.GetValue<string>()));
        Assert.Equal("password", (await browser.PostAsync(link, new { userName = "grace", password = "password1234" })).Field);
        Assert.Equal("userName", (await browser.PostAsync(link, new { userName = "ADMIN", password = Chosen })).Field);
        Assert.Equal("done", (await browser.PostAsync(link, new { userName = "grace", password = Chosen })).Next);
        Assert.Equal("Practitioner/7", (await browser.SessionAsync())["account"]!["person"]!.GetValue<string>());
        using var again = server.Open();
        await again.SessionAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await again.PostAsync(link, new { userName = "grace2", password = Chosen })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await again.GetAsync(link)).Status);
    }

    [Fact]
    public async Task An_invitation_holds_72_hours_and_a_reset_one()
    {
        var user = await server.AddAsync($"late{Guid.CreateVersion7():N}", "nurse");
        var links = server.Get<OneTimeLinks>();
        var reset = (await links.MakeAsync(user.Id, OneTimeLinks.Reset, CancellationToken.None)).Split('/')[^1];
        server.Clock.Move(TimeSpan.FromMinutes(59));
        Assert.NotNull(await links.FindAsync(reset, CancellationToken.None));
        server.Clock.Move(TimeSpan.FromMinutes(2));
        Assert.Null(await links.FindAsync(reset, CancellationToken.None));
        Assert.False(await links.UseAsync(reset, CancellationToken.None));
        var invitation = (await links.MakeAsync(user.Id, OneTimeLinks.Invitation, CancellationToken.None)).Split('/')[^1];
        server.Clock.Move(TimeSpan.FromHours(71));
        Assert.NotNull(await links.FindAsync(invitation, CancellationToken.None));
        server.Clock.Move(TimeSpan.FromHours(2));
        Assert.Null(await links.FindAsync(invitation, CancellationToken.None));
    }

    [Fact]
    public async Task A_reset_ends_the_sessions_and_a_newer_link_voids_the_older()
    {
        var name = $"forgot{Guid.CreateVersion7():N}";
        var user = await server.AddAsync(name, "nurse");
        using var browser = server.Open();
        await browser.SignInAsync(name);
        var older = (await admin.PostAsync($"/admin/access/users/{user.Id:N}/reset-link")).Json["link"]!.GetValue<string>();
        var newer = (await admin.PostAsync($"/admin/access/users/{user.Id:N}/reset-link")).Json["link"]!.GetValue<string>();
        using var other = server.Open();
        await other.SessionAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await other.PostAsync("/access" + older, new { password = Chosen })).Status);
        Assert.Equal("done", (await other.PostAsync("/access" + newer, new { password = Chosen })).Next);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/who")).Status);
        Assert.False((await browser.SignInAsync(name)).Ok);
    }

    [Fact]
    public async Task A_link_opens_no_locked_account()
    {
        var user = await server.AddAsync($"held{Guid.CreateVersion7():N}", "nurse");
        var link = (await admin.PostAsync($"/admin/access/users/{user.Id:N}/reset-link")).Json["link"]!.GetValue<string>();
        Assert.True((await admin.PostAsync($"/admin/access/users/{user.Id:N}/lock")).Ok);
        using var browser = server.Open();
        await browser.SessionAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await browser.PostAsync("/access" + link, new { password = Chosen })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await admin.PostAsync($"/admin/access/users/{user.Id:N}/reset-link")).Status);
        Assert.Equal("active", (await admin.PostAsync($"/admin/access/users/{user.Id:N}/unlock")).Json["state"]!.GetValue<string>());
    }

    [Fact]
    public async Task Nobody_gives_themselves_a_role_and_the_last_administrator_stays()
    {
        var me = (await admin.GetAsync("/access/account")).Json["id"]!.GetValue<string>();
        var row = (await admin.GetAsync($"/admin/access/users/{me}")).Json;
        var version = row["version"]!.GetValue<int>();
        var name = row["name"]!.GetValue<string>();
        Assert.Equal(HttpStatusCode.Forbidden, (await admin.PutAsync($"/admin/access/users/{me}", new { name, roles = new[] { "administrator", "physician" }, version })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await admin.PutAsync($"/admin/access/users/{me}", new { name, roles = new[] { "administrator" }, person = "Practitioner/1", version })).Status);
        Assert.Contains(server.Audited.ToArray(), e => e.Kind == AuditKind.Denied);
        Assert.Equal(HttpStatusCode.Conflict, (await admin.PutAsync($"/admin/access/users/{me}", new { name, roles = Array.Empty<string>(), version })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await admin.PostAsync($"/admin/access/users/{me}/disable")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await admin.PostAsync($"/admin/access/users/{me}/lock")).Status);
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("/admin/access/users")).Status);
    }

    [Fact]
    public async Task A_role_that_was_taken_is_gone_at_the_next_request()
    {
        var name = $"demoted{Guid.CreateVersion7():N}";
        var user = await server.AddAsync(name, "administrator");
        using var browser = server.Open();
        await browser.SignInAsync(name);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/admin/access/users")).Status);
        Assert.Equal(HttpStatusCode.OK, (await admin.PutAsync($"/admin/access/users/{user.Id:N}", new { name = user.Name, roles = Nurse, version = 1 })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/admin/access/users")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await admin.PutAsync($"/admin/access/users/{user.Id:N}", new { name = user.Name, roles = Nurse, version = 1 })).Status);
    }

    [Fact]
    public async Task Users_of_another_tenant_are_not_there()
    {
        await using (var tenant = server.Source.CreateCommand("insert into access.tenant (number, name) values (2, 'Other') on conflict do nothing"))
        {
            await tenant.ExecuteNonQueryAsync();
        }

        var id = Guid.CreateVersion7();
        await server.Get<AccountTable>().AddAsync(new User { Id = id, Tenant = 2, UserName = $"foreign{id:N}", Name = "Foreign", Stamp = "x" }, CancellationToken.None);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.GetAsync($"/admin/access/users/{id:N}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.PostAsync($"/admin/access/users/{id:N}/reset-link")).Status);
        Assert.Empty((await admin.GetAsync("/admin/access/users?query=foreign")).Json["users"]!.AsArray());
    }

    [Theory]
    [InlineData("roles", "X", new[] { "emperor" }, null)]
    [InlineData("name", "", new[] { "nurse" }, null)]
    [InlineData("person", "X", new[] { "nurse" }, "Observation/1")]
    public async Task What_is_wrong_with_an_invitation_is_named(string field, string name, string[] roles, string? person) =>
        Assert.Equal(field, (await admin.PostAsync("/admin/access/users", new { name, roles, person })).Field);

    [Theory]
    [InlineData("person", "Practitioner/unknown-1", "Location/1")]
    [InlineData("wards", "Practitioner/1", "Location/unknown-2")]
    public async Task An_account_is_for_nobody_and_no_ward_that_the_record_does_not_have(string field, string person, string ward)
    {
        var refused = await admin.PostAsync("/admin/access/users", new { name = "X", roles = Nurse, person, wards = new[] { ward } });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, field), (refused.Status, refused.Field));
        Assert.Contains("unknown-", refused.Text, StringComparison.Ordinal);
        var user = await server.AddAsync($"known{Guid.CreateVersion7():N}", "nurse");
        var profile = new { name = "X", roles = Nurse, person, wards = new[] { ward }, version = 1 };
        Assert.Equal(field, (await admin.PutAsync($"/admin/access/users/{user.Id:N}", profile)).Field);
        // What was deleted since does not keep the account from being changed.
        await using var command = server.Get<Database>().Source.CreateCommand($"update access.account set person = '{person}', wards = array['{ward}'] where id = '{user.Id}'");
        await command.ExecuteNonQueryAsync();
        Assert.Equal(HttpStatusCode.OK, (await admin.PutAsync($"/admin/access/users/{user.Id:N}", profile)).Status);
    }

    [Fact]
    public async Task Who_has_signed_in_was_seen()
    {
        var name = $"seen{Guid.CreateVersion7():N}";
        await server.AddAsync(name, "nurse");
        Assert.Null((await admin.GetAsync($"/admin/access/users?query={name}")).Json["users"]![0]!["lastSeenAt"]);
        using var browser = server.Open();
        Assert.Equal("done", (await browser.SignInAsync(name)).Next);
        Assert.NotNull((await admin.GetAsync($"/admin/access/users?query={name}")).Json["users"]![0]!["lastSeenAt"]);
    }

    [Fact]
    public async Task The_list_is_paged_and_filtered()
    {
        var mark = Guid.CreateVersion7().ToString("N");
        for (var i = 0; i < 3; i++)
        {
            await server.AddAsync($"page{i}-{mark}", "nurse");
        }

        var first = (await admin.GetAsync($"/admin/access/users?query={mark}&count=2")).Json;
        Assert.Equal(2, first["users"]!.AsArray().Count);
        var second = (await admin.GetAsync($"/admin/access/users?query={mark}&count=2&cursor={first["next"]}")).Json;
        Assert.Single(second["users"]!.AsArray());
        Assert.Null(second["next"]);
        Assert.Empty((await admin.GetAsync($"/admin/access/users?query={mark}&state=locked")).Json["users"]!.AsArray());
    }

    [Fact]
    public async Task A_nurse_administers_nobody()
    {
        var name = $"curious{Guid.CreateVersion7():N}";
        await server.AddAsync(name, "nurse");
        using var browser = server.Open();
        await browser.SignInAsync(name);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/admin/access/users")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync("/admin/access/users", new { name = "X", roles = Nurse })).Status);
    }

    public Task DisposeAsync()
    {
        admin.Dispose();
        return Task.CompletedTask;
    }

    public sealed class Relaxed : AccountServer
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Salus:Access:Accounts:SecondFactorRoles", "")];
    }
}
