using System.Net;
using Salus.Access.Tests.Accounts.Support;

namespace Salus.Access.Tests.Accounts;

public sealed class PersonTests(AdministrationTests.Relaxed server) : IClassFixture<AdministrationTests.Relaxed>, IAsyncLifetime
{
    private readonly Browser admin = server.Open();

    public async Task InitializeAsync()
    {
        var name = $"admin{Guid.CreateVersion7():N}";
        await server.AddAsync(name, "administrator");
        Assert.Equal("done", (await admin.SignInAsync(name)).Next);
    }

    [Fact]
    public async Task One_person_has_one_account_that_is_not_disabled()
    {
        var first = await InviteAsync("Practitioner/one", "nurse");
        Assert.Equal(HttpStatusCode.Created, first.Status);
        var id = (string)first.Json["user"]!["id"]!;
        var second = await InviteAsync("Practitioner/one", "physician");
        Assert.Equal((HttpStatusCode.Conflict, "person"), (second.Status, second.Field));
        var other = await InviteAsync("Practitioner/two", "physician");
        var otherId = (string)other.Json["user"]!["id"]!;
        var moved = await admin.PutAsync($"/admin/access/users/{otherId}", new { name = "X", roles = new[] { "physician" }, person = "Practitioner/one", version = 1 });
        Assert.Equal((HttpStatusCode.Conflict, "person"), (moved.Status, moved.Field));

        // Who left and came back gets a new account; the old one stays closed then.
        Assert.True((await admin.PostAsync($"/admin/access/users/{id}/disable")).Ok);
        Assert.Equal(HttpStatusCode.Created, (await InviteAsync("Practitioner/one", "nurse")).Status);
        Assert.Equal("person", (await admin.PostAsync($"/admin/access/users/{id}/enable")).Field);
        Assert.Equal("person", (await admin.PostAsync($"/admin/access/users/{id}/lock")).Field);
    }

    [Fact]
    public async Task Of_eight_invitations_of_one_person_at_once_one_is_made()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => InviteAsync("Practitioner/wanted", "nurse")));
        Assert.Single(answers, a => a.Status == HttpStatusCode.Created);
        Assert.Equal(7, answers.Count(a => a.Status == HttpStatusCode.Conflict));
    }

    [Theory]
    [InlineData("patient", "Practitioner", false)]
    [InlineData("patient", "Patient", true)]
    [InlineData("patient", "RelatedPerson", true)]
    [InlineData("nurse", "Practitioner", true)]
    [InlineData("nurse", "Patient", false)]
    [InlineData("administrator", "RelatedPerson", false)]
    [InlineData("patient,nurse", "Patient", false)]
    [InlineData("patient,nurse", "Practitioner", false)]
    public async Task The_kind_of_person_fits_the_roles(string roles, string kind, bool fits)
    {
        var answer = await InviteAsync($"{kind}/{Guid.CreateVersion7():N}", roles.Split(','));
        Assert.Equal(fits ? HttpStatusCode.Created : HttpStatusCode.UnprocessableEntity, answer.Status);
        if (!fits)
        {
            Assert.Equal("person", answer.Field);
            return;
        }

        var id = (string)answer.Json["user"]!["id"]!;
        var wrong = kind == "Practitioner" ? "Patient/x" : "Practitioner/x";
        Assert.Equal("person", (await admin.PutAsync($"/admin/access/users/{id}", new { name = "X", roles = roles.Split(','), person = wrong, version = 1 })).Field);
    }

    public Task DisposeAsync()
    {
        admin.Dispose();
        return Task.CompletedTask;
    }

    private Task<Reply> InviteAsync(string person, params string[] roles) => admin.PostAsync("/admin/access/users", new { name = "Somebody", roles, person });
}
