using System.Net;
using Salus.Access.Accounts;
using Salus.Access.Tests.Accounts.Support;

namespace Salus.Access.Tests.Accounts;

public sealed class LastAdministratorTests(AdministrationTests.Relaxed server) : IClassFixture<AdministrationTests.Relaxed>
{
    private static readonly string[] Nurse = ["nurse"];

    [Fact]
    public async Task A_demo_administrator_counts_only_where_there_is_no_real_one()
    {
        Assert.Equal(1, await DemoAccounts.MakeAsync(server.Services, [new DemoPerson("administrator", "Grace Hopper", null, [])]));
        var demo = (await server.Get<AccountTable>().FindByNameAsync("demo-administrator", CancellationToken.None))!;
        using var browser = server.Open();
        Assert.Equal("done", (await browser.SignInAsync("demo-administrator", DemoAccounts.Password)).Next);

        // Alone it stays, in every way in which it could go.
        Assert.Equal(HttpStatusCode.Conflict, (await browser.PostAsync($"/admin/access/users/{demo.Id:N}/disable")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await browser.PostAsync($"/admin/access/users/{demo.Id:N}/lock")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await browser.PutAsync($"/admin/access/users/{demo.Id:N}", new { name = demo.Name, roles = Nurse[..0], version = 1 })).Status);

        // Beside it, a real one is the last: the demo's is none for a record that somebody works with.
        var real = await server.AddAsync("real", "administrator");
        Assert.Equal(HttpStatusCode.Conflict, (await browser.PostAsync($"/admin/access/users/{real.Id:N}/disable")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await browser.PutAsync($"/admin/access/users/{real.Id:N}", new { name = real.Name, roles = Nurse, version = 1 })).Status);

        // The demo's may go now, and with a second real one the first.
        await server.AddAsync("second", "administrator");
        Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync($"/admin/access/users/{real.Id:N}/disable")).Status);
        Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync($"/admin/access/users/{demo.Id:N}/disable")).Status);
    }
}
