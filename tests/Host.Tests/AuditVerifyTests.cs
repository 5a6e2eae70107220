using System.Net;
using Salus.TestSupport;

namespace Salus.Host.Tests;

/// <summary><c>salus audit verify</c> as a person runs it.</summary>
public sealed class AuditVerifyTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_trail_is_verified_beside_the_running_server_and_without_it()
    {
        using (var server = await SalusProcess.ReadyAsync(folder["data"]))
        {
            Assert.Equal(HttpStatusCode.Created, await server.PutPatientAsync("a"));
            var beside = await VerifyAsync();
            Assert.Contains($"the record in {folder["data"]}, where a server runs", beside, StringComparison.Ordinal);
            Assert.Contains("The trail is whole: ", beside, StringComparison.Ordinal);
            Assert.DoesNotContain("whole: 0 entries", beside, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.Created, await server.PutPatientAsync("b"));
            server.Terminate();
            Assert.Equal(0, await server.EndAsync());
        }

        var alone = await VerifyAsync();
        Assert.DoesNotContain("where a server runs", alone, StringComparison.Ordinal);
        Assert.Contains("The trail is whole: ", alone, StringComparison.Ordinal);

        var none = await VerifyAsync("--day", "2001-01-01");
        Assert.Contains("There are no entries of 2001-01-01", none, StringComparison.Ordinal);
        Assert.DoesNotContain("The trail is whole", none, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("audit", "verify")]
    public async Task A_database_that_cannot_be_opened_ends_with_2(params string[] command)
    {
        using var salus = SalusProcess.Start(command, ("Salus__Postgres", "Host=127.0.0.1;Port=1;Username=nobody"));
        Assert.Equal(2, await salus.EndAsync());
        Assert.Contains("127.0.0.1", Assert.Single(salus.Errors), StringComparison.Ordinal);
    }

    private async Task<string> VerifyAsync(params string[] more)
    {
        using var command = SalusProcess.Start(["audit", "verify", "--data", folder["data"], .. more]);
        Assert.True(await command.EndAsync() == 0, $"{string.Join('\n', command.Errors)}\n{command.Output()}");
        return command.Output();
    }
}
