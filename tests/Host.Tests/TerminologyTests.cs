using System.Diagnostics;
using System.Net;
using Salus.TestSupport;

namespace Salus.Host.Tests;

/// <summary><c>salus terminology load</c> as a person runs it.</summary>
public sealed class TerminologyTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_load_beside_a_server_is_answered_from_within_seconds_and_one_before_its_start_too()
    {
        using (var first = await SalusProcess.ReadyAsync(folder["data"]))
        {
            first.Terminate();
            Assert.Equal(0, await first.EndAsync());
        }

        await LoadAsync(File("icd10cm-order-2041.txt", "Cholera"), 0);
        using var server = await SalusProcess.ReadyAsync(folder["data"]);
        Assert.Equal("Cholera", await DisplayAsync(server, "2041"));
        Assert.Null(await DisplayAsync(server, "2042"));
        Assert.Contains("http://hl7.org/fhir/sid/icd-10-cm|2042: 2 concepts", await LoadAsync(File("icd10cm-order-2042.txt", "Cholera again"), 0), StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => await DisplayAsync(server, "2042") == "Cholera again");
        Assert.Contains("was loaded from these files before", await LoadAsync(folder["icd10cm-order-2042.txt"], 0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_load_that_is_killed_leaves_the_version_before_and_is_repeated_by_the_same_command()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // No named pipe among files there.
        }

        using var server = await SalusProcess.ReadyAsync(folder["data"]);
        await LoadAsync(File("icd10cm-order-2043.txt", "Cholera"), 0);
        // The same file name, now a pipe that this test writes: the load gets half of its lines and waits for more when it is killed.
        System.IO.File.Delete(folder["icd10cm-order-2043.txt"]);
        await (Process.Start("mkfifo", folder["icd10cm-order-2043.txt"]) ?? throw new InvalidOperationException("no mkfifo")).WaitForExitAsync();
        using (var load = SalusProcess.Start(["terminology", "load", "icd-10-cm", folder["icd10cm-order-2043.txt"], "--data", folder["data"], "--again"]))
        {
            await System.IO.File.WriteAllTextAsync(folder["icd10cm-order-2043.txt"], Lines("Broken"));
            await using var second = new FileStream(folder["icd10cm-order-2043.txt"], FileMode.Open, FileAccess.Write);
            await second.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Lines("Broken")));
            await second.FlushAsync();
            await load.KillAsync();
        }

        System.IO.File.Delete(folder["icd10cm-order-2043.txt"]);
        Assert.Equal("Cholera", await DisplayAsync(server, "2043"));
        await LoadAsync(File("icd10cm-order-2043.txt", "Repaired"), 0);
        await Eventually.TrueAsync(async () => await DisplayAsync(server, "2043") == "Repaired");
    }

    [Theory]
    [InlineData("icd-10-cm", "nowhere.txt", "nowhere.txt cannot be read: there is no such file or folder")]
    [InlineData("icd-9", "nowhere.txt", "'icd-9' is not a format; those are icd-10-cm, loinc")]
    [InlineData("loinc", ".", "There is no Loinc.csv in")]
    [InlineData("icd-10-cm", "icd10cm-order-2044.txt", "There is no record in")]
    public async Task What_cannot_be_loaded_is_one_line_and_makes_no_record(string format, string file, string reason)
    {
        File("icd10cm-order-2044.txt", "Cholera");
        using var load = SalusProcess.Start(["terminology", "load", format, folder[file], "--data", folder["data"]]);
        await load.RefusedAsync(reason);
        Assert.Equal(2, await load.EndAsync());
        Assert.False(Directory.Exists(folder["data"]));
    }

    private async Task<string> LoadAsync(string file, int code)
    {
        using var load = SalusProcess.Start(["terminology", "load", "icd-10-cm", file, "--data", folder["data"]]);
        Assert.True(await load.EndAsync() == code, $"{string.Join('\n', load.Errors)}\n{load.Output()}");
        return load.Output();
    }

    private static async Task<string?> DisplayAsync(SalusProcess server, string version)
    {
        using var answer = await server.GetAsync($"/fhir/CodeSystem/$lookup?system=http://hl7.org/fhir/sid/icd-10-cm&code=A00.1&version={version}");
        return answer.StatusCode == HttpStatusCode.NotFound ? null
            : (string?)System.Text.Json.Nodes.JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["parameter"]!.AsArray().First(p => (string?)p!["name"] == "display")!["valueString"];
    }

    private string File(string name, string display)
    {
        System.IO.File.WriteAllText(folder[name], Lines(display));
        return folder[name];
    }

    private static string Lines(string display) => $"00001 A00     0 {"Heading",-60} Heading\n00002 A001    1 {display,-60} {display}\n";
}
