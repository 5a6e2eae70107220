using System.Net;
using Salus.Access.Tests.Accounts.Support;

namespace Salus.Access.Tests.Accounts;

public sealed class AddressLimitTests(AddressLimitTests.Strict server) : IClassFixture<AddressLimitTests.Strict>
{
    [Fact]
    public async Task One_address_that_tries_many_accounts_waits_and_a_browser_known_there_does_not()
    {
        await server.AddAsync("regular");
        using var regular = server.Open("10.9.9.9");
        Assert.True((await regular.SignInAsync("regular")).Ok);
        using var sprayer = server.Open("10.9.9.9");
        Reply? last = null;
        for (var i = 0; i < 11; i++)
        {
            last = await sprayer.SignInAsync($"spray-{i}", "Summer2026Summer2026");
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last!.Status);
        Assert.NotNull(last.RetryAfter);
        await regular.PostAsync("/access/sign-out");
        Assert.True((await regular.SignInAsync("regular")).Ok);
    }

    public sealed class Strict : AccountServer
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Salus:Access:Accounts:AttemptsFromAddress", "10")];
    }
}
