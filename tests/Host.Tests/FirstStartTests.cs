using System.Text.RegularExpressions;
using Salus.TestSupport;

namespace Salus.Host.Tests;

/// <summary>What a first start makes and says.</summary>
public sealed partial class FirstStartTests : IDisposable
{
    private static readonly (string, string) SignIn = ("Salus__Access__SignIn", "true");
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_start_without_accounts_prints_the_code_of_the_first_administrator()
    {
        using var salus = await SalusProcess.FirstAsync(folder["data"], 0, SignIn);
        await Eventually.TrueAsync(() => Code().IsMatch(salus.Output()), state: salus.Output);
        Assert.Contains("There is no administrator yet", salus.Output(), StringComparison.Ordinal);
        Assert.Contains($"With passkeys:  http://localhost:{salus.Address.Port}", salus.Output(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_demo_hospital_has_its_accounts_and_prints_no_code()
    {
        using var salus = SalusProcess.Start(["serve", "--data", folder["data"], "--port", "0"], SignIn, ("Salus__Demo__Patients", "1"));
        await salus.ReadyAsync();
        await Eventually.TrueAsync(async () => (await salus.JsonAsync("/access/session"))["demoAccounts"] is System.Text.Json.Nodes.JsonArray { Count: 9 }, seconds: 60, state: salus.Output);
        salus.Terminate();
        Assert.Equal(0, await salus.EndAsync());
        Assert.DoesNotContain("There is no administrator yet", salus.Output(), StringComparison.Ordinal);
        Assert.DoesNotMatch(Code(), salus.Output());
    }

    [Fact]
    public async Task A_demo_hospital_whose_accounts_are_turned_off_prints_the_code()
    {
        using var salus = SalusProcess.Start(["serve", "--data", folder["data"], "--port", "0"], SignIn, ("Salus__Demo__Patients", "1"), ("Salus__Access__Accounts__DemoAccounts", "false"));
        await salus.ReadyAsync();
        await Eventually.TrueAsync(() => Code().IsMatch(salus.Output()), seconds: 60, state: salus.Output);
    }

    [Fact]
    public async Task Folders_with_keys_are_closed_and_the_log_names_those_that_are_open()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        string[] keys = [folder["data/audit"], folder["data/keys"]];
        using (var first = await SalusProcess.FirstAsync(folder["data"], 0))
        {
            foreach (var folderOfKeys in keys)
            {
                Assert.Equal(Own, File.GetUnixFileMode(folderOfKeys));
            }

            // PostgreSQL's account passes through where it is another one.
            Assert.Equal(Own, File.GetUnixFileMode(folder["data"]) & ~(UnixFileMode.GroupExecute | UnixFileMode.OtherExecute));
            Assert.DoesNotContain("holds keys and is open", first.Output() + string.Join('\n', first.Errors), StringComparison.Ordinal);
        }

        string[] all = [folder["data"], .. keys];
        foreach (var open in all)
        {
            File.SetUnixFileMode(open, Own | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }

        using var second = await SalusProcess.ReadyAsync(folder["data"]);
        var said = second.Output() + string.Join('\n', second.Errors);
        Assert.All(all, f => Assert.Contains($"{f} holds keys and is open to every account of this machine (mode 755)", said, StringComparison.Ordinal));
    }

    [GeneratedRegex("(?:[2-9A-Z]{5}-){4}[2-9A-Z]{5}")]
    private static partial Regex Code();
}
