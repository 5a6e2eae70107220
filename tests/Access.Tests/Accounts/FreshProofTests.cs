using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Salus.Access.Tests.Accounts.Support;

namespace Salus.Access.Tests.Accounts;

public sealed class FreshProofTests(AdministrationTests.Relaxed server) : IClassFixture<AdministrationTests.Relaxed>
{
    private static readonly string[] Nurse = ["nurse"];
    private static readonly string[] Callback = ["https://app.example.org/back"];
    private static readonly string[] Scopes = ["openid"];

    [Fact]
    public async Task Users_are_changed_only_with_a_fresh_proof_and_read_without_one()
    {
        await server.AddAsync("steady", "administrator");
        var user = await server.AddAsync("managed", "nurse");
        using var admin = server.Open();
        await admin.SignInAsync("steady");
        server.Clock.Move(TimeSpan.FromMinutes(6));
        string[] actions = ["lock", "unlock", "disable", "enable", "reset-link", "sign-out", "remove-second-factor"];
        foreach (var action in actions)
        {
            var refused = await admin.PostAsync($"/admin/access/users/{user.Id:N}/{action}");
            Assert.Equal((428, "login"), ((int)refused.Status, (string?)refused.Json["issue"]![0]!["code"]));
        }

        var change = new { name = "Managed", roles = Nurse, version = 1 };
        Assert.Equal(428, (int)(await admin.PutAsync($"/admin/access/users/{user.Id:N}", change)).Status);
        Assert.Equal(428, (int)(await admin.PostAsync("/admin/access/users", new { name = "New", roles = Nurse })).Status);
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync($"/admin/access/users/{user.Id:N}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync($"/admin/access/users/{user.Id:N}/sessions")).Status);

        Assert.True((await admin.PostAsync("/access/reauthenticate", new { password = AccountServer.Password })).Ok);
        Assert.Equal(HttpStatusCode.OK, (await admin.PutAsync($"/admin/access/users/{user.Id:N}", change)).Status);
        Assert.Equal(HttpStatusCode.Created, (await admin.PostAsync("/admin/access/users", new { name = "New", roles = Nurse })).Status);
        foreach (var action in actions)
        {
            Assert.True((await admin.PostAsync($"/admin/access/users/{user.Id:N}/{action}")).Ok, action);
        }
    }

    [Fact]
    public async Task What_apps_may_ask_for_is_changed_only_with_a_fresh_proof()
    {
        await server.AddAsync("registrar", "administrator");
        using var admin = server.Open();
        await admin.SignInAsync("registrar");
        server.Clock.Move(TimeSpan.FromMinutes(6));
        var app = new { id = "proved", name = "App", kind = "public", redirectUris = Callback, scopes = Scopes };
        Assert.Equal(428, (int)(await admin.PostAsync("/admin/access/clients", app)).Status);
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("/admin/access/clients")).Status);
        Assert.True((await admin.PostAsync("/access/reauthenticate", new { password = AccountServer.Password })).Ok);
        Assert.Equal(HttpStatusCode.Created, (await admin.PostAsync("/admin/access/clients", app)).Status);
        server.Clock.Move(TimeSpan.FromMinutes(6));
        Assert.Equal(428, (int)(await admin.PutAsync("/admin/access/clients/proved", app)).Status);
        Assert.Equal(428, (int)(await admin.DeleteAsync("/admin/access/clients/proved")).Status);
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("/admin/access/clients/proved")).Status);
    }

    [Fact]
    public async Task The_key_of_this_machine_needs_none()
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Get<LocalKey>().Token);
        using var answer = await http.PostAsJsonAsync("/admin/access/users", new { name = "By the machine", roles = Nurse });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }
}
