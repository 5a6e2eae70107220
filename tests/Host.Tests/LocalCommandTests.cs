using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Salus.Kernel;
using Salus.TestSupport;

namespace Salus.Host.Tests;

/// <summary>Commands of this machine's administrator, which find the server by its file, and a server that speaks TLS with a certificate that nobody vouches for.</summary>
public sealed class LocalCommandTests : IDisposable
{
    private static readonly (string, string) SignIn = ("Salus__Access__SignIn", "true");
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_server_with_the_certificate_for_development_is_reached()
    {
        using var salus = SalusProcess.Start(["serve", "--data", folder["data"], "--port", "0", "--no-demo", "--dev-certificate"], SignIn);
        await salus.ReadyAsync();
        Assert.Equal("https", salus.Address.Scheme);
        Assert.StartsWith("salus-local-", await RunAsync("token", "--data", folder["data"]), StringComparison.Ordinal);
        Assert.StartsWith(salus.Address.ToString(), await RunAsync("users", "invite", "Ada Example", "--role", "physician", "--data", folder["data"]), StringComparison.Ordinal);
        Assert.Contains("Ada Example (physician)", await RunAsync("users", "list", "--data", folder["data"]), StringComparison.Ordinal);

        await File.WriteAllTextAsync(folder["p.ndjson"], """{"resourceType":"Patient","id":"p"}""");
        var said = await RunAsync("import", folder["p.ndjson"], "--state", folder["state"], "--data", folder["data"]);
        Assert.Contains($"the server {salus.Address}, which runs on {folder["data"]}", said, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["data/server.json"]));
        }
    }

    [Fact]
    public async Task An_organization_is_made_with_its_administrator_and_a_record_of_its_own()
    {
        using var salus = SalusProcess.Start(["serve", "--data", folder["data"], "--port", "0", "--no-demo"], SignIn);
        await salus.ReadyAsync();
        var made = await RunAsync("tenants", "add", "St. Mary", "--administrator", "Ann Lee", "--data", folder["data"]);
        Assert.StartsWith("tenant 2\n", made, StringComparison.Ordinal);
        Assert.Contains($"{salus.Address}one-time/", made, StringComparison.Ordinal);
        Assert.Contains("     2        1 St. Mary", await RunAsync("tenants", "list", "--data", folder["data"]), StringComparison.Ordinal);
        Assert.Contains("invited   -                        Ann Lee (administrator)", await RunAsync("users", "list", "--tenant", "2", "--data", folder["data"]), StringComparison.Ordinal);
        Assert.DoesNotContain("Ann Lee", await RunAsync("users", "list", "--data", folder["data"]), StringComparison.Ordinal);

        var key = (await RunAsync("token", "--data", folder["data"])).Trim();
        Assert.Equal(201, await SendAsync("2", HttpMethod.Put, "/fhir/Patient/theirs", """{"resourceType":"Patient","id":"theirs","name":[{"family":"Marysdaughter"}]}"""));
        Assert.Equal((200, 404), (await SendAsync("2", HttpMethod.Get, "/fhir/Patient/theirs"), await SendAsync(null, HttpMethod.Get, "/fhir/Patient/theirs")));
        Assert.Equal((401, 401), (await SendAsync("3", HttpMethod.Get, "/fhir/Patient"), await SendAsync("x", HttpMethod.Get, "/fhir/Patient")));

        Assert.Equal("2: St. Mary's", await RunAsync("tenants", "rename", "2", "St. Mary's", "--data", folder["data"]));
        await RefusedAsync("Another tenant is called st. mary's.", "tenants", "add", "st. mary's", "--administrator", "X", "--data", folder["data"]);
        await RefusedAsync("There is no such tenant.", "tenants", "rename", "7", "X", "--data", folder["data"]);
        await RefusedAsync("The name is missing", "tenants", "add", " ", "--administrator", "X", "--data", folder["data"]);
        await RefusedAsync("--administrator is a name", "tenants", "add", "Nobody's", "--administrator", " ", "--data", folder["data"]);
        await RefusedAsync("which is the number of no tenant here", "users", "list", "--tenant", "7", "--data", folder["data"]);

        async Task<int> SendAsync(string? tenant, HttpMethod method, string path, string? body = null)
        {
            using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/fhir+json") };
            request.Headers.Authorization = new("Bearer", key);
            if (tenant is not null)
            {
                request.Headers.Add("Salus-Tenant", tenant);
            }

            using var answer = await salus.SendAsync(request);
            return (int)answer.StatusCode;
        }
    }

    [Fact]
    public async Task A_changed_certificate_stands_in_the_file_before_it_is_shown()
    {
        using var first = new TestCertificate("record.example.org");
        using var salus = await SalusProcess.ReadyAsync(folder["data"], [.. first.WriteTo(folder), SignIn]);
        await RunAsync("users", "list", "--data", folder["data"]);
        var before = Noted();

        using var next = new TestCertificate("record.example.org");
        next.WriteTo(folder);
        // The server looks once a second: the first command may still be shown the old one, and either is right.
        await Eventually.TrueAsync(async () =>
        {
            await RunAsync("users", "list", "--data", folder["data"]);
            return Noted() != before;
        });
        using var written = X509CertificateLoader.LoadCertificateFromFile(folder["tls.crt"]);
        Assert.Equal(written.GetCertHashString(HashAlgorithmName.SHA256), Noted());
        await RunAsync("users", "list", "--data", folder["data"]);
    }

    [Fact]
    public async Task Another_certificate_than_the_one_in_the_file_does_not_hear_the_key()
    {
        using var certificate = new TestCertificate();
        using var salus = await SalusProcess.ReadyAsync(folder["data"], [.. certificate.WriteTo(folder), SignIn]);
        var note = JsonNode.Parse(await File.ReadAllTextAsync(folder["data/server.json"]))!;
        foreach (var other in (string?[])[new string('0', 64), null])
        {
            note["certificate"] = other;
            PrivateFile.Replace(folder["data/server.json"], System.Text.Encoding.UTF8.GetBytes(note.ToJsonString()));
            using var refused = SalusProcess.Start(["users", "list", "--data", folder["data"]]);
            await refused.RefusedAsync($"No server runs on {folder["data"]}");
        }
    }

    private static async Task RefusedAsync(string reason, params string[] arguments)
    {
        using var command = SalusProcess.Start(arguments);
        await command.RefusedAsync(reason);
    }

    private string Noted() => (string)JsonNode.Parse(File.ReadAllText(folder["data/server.json"]))!["certificate"]!;

    private static async Task<string> RunAsync(params string[] arguments)
    {
        using var command = SalusProcess.Start(arguments);
        Assert.True(await command.EndAsync() == 0, $"{string.Join(' ', arguments)}:\n{string.Join('\n', command.Errors)}\n{command.Output()}");
        return command.Output();
    }
}
