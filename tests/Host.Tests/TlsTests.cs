using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using Salus.Kernel;
using Salus.TestSupport;

namespace Salus.Host.Tests;

/// <summary>The real process with TLS, and clients that try other things.</summary>
public sealed partial class TlsTests : IDisposable
{
    private const string Name = "record.example.org";
    private readonly TestFolder folder = new();
    private readonly TestCertificate certificate = new(Name);

    public void Dispose()
    {
        certificate.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task TLS_1_3_is_spoken_with_HTTP_2_and_an_older_client_is_refused()
    {
        using var salus = await SalusProcess.ReadyAsync(folder["data"], certificate.WriteTo(folder));
        Assert.Equal("https", salus.Address.Scheme);
        Assert.Equal((SslProtocols.Tls13, certificate.Thumbprint), await TestCertificate.ShownAsync(salus.Address, SslProtocols.None));
        await Assert.ThrowsAnyAsync<Exception>(() => TestCertificate.ShownAsync(salus.Address, SslProtocols.Tls12));

        using var client = certificate.Client(salus.Address);
        using var answer = await client.GetAsync(new Uri("/fhir/metadata", UriKind.Relative));
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (answer.StatusCode, answer.Version));
        Assert.Contains($"\"{salus.Address}fhir\"", (await answer.Content.ReadAsStringAsync()).Replace("\\/", "/", StringComparison.Ordinal), StringComparison.Ordinal);
        using var old = new HttpRequestMessage(HttpMethod.Get, "/healthz") { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var oldAnswer = await client.SendAsync(old);
        Assert.Equal(HttpStatusCode.OK, oldAnswer.StatusCode);
        salus.Terminate();
        Assert.Equal(0, await salus.EndAsync());
        Assert.Empty(salus.Errors);
    }

    [Fact]
    public async Task TLS_1_2_is_spoken_where_that_is_allowed()
    {
        using var salus = await SalusProcess.ReadyAsync(folder["data"], [.. certificate.WriteTo(folder), ("Salus__Tls__AllowTls12", "true")]);
        Assert.Equal(SslProtocols.Tls12, (await TestCertificate.ShownAsync(salus.Address, SslProtocols.Tls12)).Protocol);
        Assert.Equal(SslProtocols.Tls13, (await TestCertificate.ShownAsync(salus.Address, SslProtocols.None)).Protocol);
    }

    [Fact]
    public async Task Browsers_are_told_to_stay_with_TLS_and_plain_HTTP_only_redirects()
    {
        using var salus = await SalusProcess.ReadyAsync(
            folder["data"], [.. certificate.WriteTo(folder), ("Salus__RedirectPort", "0"), ("Salus__Hosts__0", Name), ("Salus__Access__SignIn", "true")]);
        using var client = certificate.Client(salus.Address);
        using var named = new HttpRequestMessage(HttpMethod.Get, "/healthz") { Headers = { Host = Name } };
        using var answer = await client.SendAsync(named);
        Assert.Equal("max-age=31536000", answer.Headers.GetValues("Strict-Transport-Security").Single());
        using var byAddress = await client.GetAsync(new Uri("/healthz", UriKind.Relative));
        Assert.False(byAddress.Headers.Contains("Strict-Transport-Security"));

        // Told in the log, because nobody else needs to know the port that the system chose.
        var plain = new Uri(Plain().Match(salus.Output()).Value);
        foreach (var (path, host, status) in new[] { ("/fhir/Patient?name=a%20b", Name, 308), ("/healthz", "127.0.0.1", 308), ("/healthz", "evil.example.org", 400) })
        {
            var (code, headers, body) = await RawHttp.SendAsync(plain, $"GET {path} HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n");
            Assert.Equal(status, code);
            Assert.Equal(status == 308, (headers + "\r\n").Contains($"Location: https://{host}:{salus.Address.Port}{path}\r\n", StringComparison.Ordinal));
            Assert.DoesNotContain("Strict-Transport-Security", headers, StringComparison.Ordinal);
            Assert.True(status == 400 || body.Length == 0);
        }
    }

    [Fact]
    public async Task A_certificate_that_is_put_in_place_of_another_is_used_by_new_connections()
    {
        using var salus = await SalusProcess.ReadyAsync(folder["data"], certificate.WriteTo(folder));
        Assert.Equal(certificate.Thumbprint, (await TestCertificate.ShownAsync(salus.Address, SslProtocols.None)).Thumbprint);

        // A key that does not fit, as in the middle of an exchange: the one before it stays.
        File.WriteAllText(folder["tls.crt"], "nonsense");
        await Eventually.TrueAsync(async () =>
        {
            Assert.Equal(certificate.Thumbprint, (await TestCertificate.ShownAsync(salus.Address, SslProtocols.None)).Thumbprint);
            return salus.Output().Contains("The changed certificate is not used", StringComparison.Ordinal) || salus.Errors.Any(e => e.Contains("The changed certificate is not used", StringComparison.Ordinal));
        });

        using var next = new TestCertificate(Name);
        next.WriteTo(folder);
        await Eventually.TrueAsync(async () => (await TestCertificate.ShownAsync(salus.Address, SslProtocols.None)).Thumbprint == next.Thumbprint);
    }

    [Fact]
    public async Task A_PKCS_12_file_is_opened_with_the_password_of_a_file()
    {
        PrivateFile.Replace(folder["tls.pfx"], certificate.Pkcs12("correct horse"));
        PrivateFile.Replace(folder["password"], Encoding.UTF8.GetBytes("correct horse\n"));
        (string, string)[] settings = [("Salus__Tls__Certificate", folder["tls.pfx"]), ("Salus__Tls__PasswordFile", folder["password"])];
        using (var salus = await SalusProcess.ReadyAsync(folder["data"], settings))
        {
            Assert.Equal(certificate.Thumbprint, (await TestCertificate.ShownAsync(salus.Address, SslProtocols.None)).Thumbprint);
        }

        using var wrong = Start([settings[0], ("Salus__Tls__Password", "wrong battery")]);
        await wrong.RefusedAsync("Salus:Tls:Certificate", folder["tls.pfx"], "Salus:Tls:PasswordFile");
        Assert.DoesNotContain("wrong battery", wrong.Errors[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_certificate_for_development_is_made_once_and_can_be_trusted()
    {
        string? first = null;
        for (var i = 0; i < 2; i++)
        {
            using var salus = SalusProcess.Start(["serve", "--data", folder["data"], "--port", "0", "--no-demo", "--dev-certificate"]);
            await salus.ReadyAsync();
            using var trusted = X509CertificateLoader.LoadCertificateFromFile(folder["data/dev-certificate.pem"]);
            using var client = TestCertificate.Client(trusted, salus.Address, SslProtocols.Tls13);
            using var answer = await client.GetAsync(new Uri("/healthz", UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
            Assert.Equal(first ??= trusted.Thumbprint, trusted.Thumbprint);
            Assert.Contains("browsers warn", salus.Output(), StringComparison.Ordinal);
        }

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["data/dev-certificate.pfx"]));
        }
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_used_stops_the_start_with_its_file()
    {
        using (var missing = Start(("Salus__Tls__Certificate", folder["none.crt"]), ("Salus__Tls__Key", folder["none.key"])))
        {
            await missing.RefusedAsync("Salus:Tls:Certificate", folder["none.crt"]);
        }

        var settings = certificate.WriteTo(folder);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder["tls.key"], UnixFileMode.UserRead | UnixFileMode.OtherRead);
            using var open = Start(settings);
            await open.RefusedAsync("Salus:Tls:Key", folder["tls.key"], "chmod o-rw");
        }

        using var other = new TestCertificate(Name);
        using var apart = new TestFolder();
        var stranger = other.WriteTo(apart);
        using var pair = Start(settings[0], stranger[1]);
        await pair.RefusedAsync("Salus:Tls:Certificate", folder["tls.crt"]);
        Assert.False(Directory.Exists(folder["data/postgres"]));
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Plain();

    private SalusProcess Start(params (string, string)[] environment) =>
        SalusProcess.Start(["serve", "--data", folder["data"], "--port", "0", "--no-demo"], environment);
}
