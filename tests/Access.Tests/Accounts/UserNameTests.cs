using System.Net;
using Salus.Access.Accounts;
using Salus.Access.Tests.Accounts.Support;

namespace Salus.Access.Tests.Accounts;

public sealed class UserNameTests(AdministrationTests.Relaxed server) : IClassFixture<AdministrationTests.Relaxed>, IAsyncLifetime
{
    private static readonly string[] Nurse = ["nurse"];
    private readonly Browser admin = server.Open();

    public async Task InitializeAsync()
    {
        if (await server.Get<AccountTable>().FindByNameAsync("copper", CancellationToken.None) is null)
        {
            await server.AddAsync("copper", "administrator");
        }

        Assert.Equal("done", (await admin.SignInAsync("copper")).Next);
    }

    [Theory]
    [InlineData("COPPER")]
    [InlineData("ｃｏｐｐｅｒ")]
    [InlineData("𝐜𝐨𝐩𝐩𝐞𝐫")]
    [InlineData("сopper")]
    [InlineData("cοpper")]
    [InlineData("copper\u200b")]
    [InlineData("cop\u00adper")]
    [InlineData("copper ")]
    [InlineData(" copper")]
    [InlineData("copper\u00a0")]
    [InlineData("copper\u3164")]
    [InlineData("сорра")]
    [InlineData("copper1٢")]
    public async Task A_name_that_looks_like_another_is_refused(string userName)
    {
        var refused = await InviteAsync(userName);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "userName"), (refused.Status, refused.Field));

        // The same where the invited choose it themselves.
        var link = "/access" + (string)(await InviteAsync(null)).Json["link"]!;
        using var invited = server.Open();
        await invited.SessionAsync();
        Assert.Equal("userName", (await invited.PostAsync(link, new { userName, password = AccountServer.Password })).Field);
    }

    [Theory]
    [InlineData("zoë.müller")]
    [InlineData("оксана")]
    [InlineData("νίκος")]
    [InlineData("山田たろう")]
    [InlineData("김민준")]
    [InlineData("משה")]
    [InlineData("anna@ward-3.example")]
    public async Task Names_of_one_script_are_taken(string userName) => Assert.Equal(HttpStatusCode.Created, (await InviteAsync(userName)).Status);

    [Fact]
    public async Task One_signs_in_with_each_form_of_the_own_name()
    {
        var name = "fußgänger" + Guid.CreateVersion7().ToString("N")[^6..];
        await server.AddAsync(name, "nurse");
        using var browser = server.Open();
        Assert.Equal("done", (await browser.SignInAsync(name.ToUpperInvariant())).Next);
        Assert.Equal("done", (await browser.SignInAsync(name.Replace("ä", "a\u0308", StringComparison.Ordinal))).Next);
        Assert.Equal("done", (await browser.SignInAsync(new string([.. name.Select(c => char.IsAsciiLetter(c) ? (char)(c + 0xFEE0) : c)]))).Next);
    }

    public Task DisposeAsync()
    {
        admin.Dispose();
        return Task.CompletedTask;
    }

    private Task<Reply> InviteAsync(string? userName) => admin.PostAsync("/admin/access/users", new { userName, name = "Somebody", roles = Nurse });
}
