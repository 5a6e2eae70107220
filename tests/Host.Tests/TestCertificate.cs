using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Salus.Kernel;
using Salus.TestSupport;

namespace Salus.Host.Tests;

/// <summary>A certificate made for a test, as the files that an administrator has, and clients that trust it alone.</summary>
internal sealed class TestCertificate : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 certificate;

    public TestCertificate(params string[] names)
    {
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        alternatives.AddIpAddress(IPAddress.Loopback);
        foreach (var name in names)
        {
            alternatives.AddDnsName(name);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        var now = TimeProvider.System.GetUtcNow();
        certificate = request.CreateSelfSigned(now.AddMinutes(-5), now.AddDays(60));
    }

    public string Thumbprint => certificate.Thumbprint;

    /// <summary>Settings of a server that uses it, after its files were written (or put in place of others).</summary>
    public (string, string)[] WriteTo(TestFolder folder)
    {
        File.WriteAllText(folder["tls.crt"], certificate.ExportCertificatePem() + "\n");
        PrivateFile.Replace(folder["tls.key"], Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
        return [("Salus__Tls__Certificate", folder["tls.crt"]), ("Salus__Tls__Key", folder["tls.key"])];
    }

    public byte[] Pkcs12(string password) => certificate.Export(X509ContentType.Pkcs12, password);

    /// <summary>A client that trusts this certificate, and does not follow redirects.</summary>
    public HttpClient Client(Uri server, SslProtocols protocols = SslProtocols.None) => Client(certificate, server, protocols);

    public static HttpClient Client(X509Certificate2 trusted, Uri server, SslProtocols protocols = SslProtocols.None)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = protocols,
                CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { trusted }, RevocationMode = X509RevocationMode.NoCheck },
            },
        };
        return new HttpClient(handler) { BaseAddress = server, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower };
    }

    /// <summary>What a new connection is shown, whatever it is.</summary>
    public static async Task<(SslProtocols Protocol, string Thumbprint)> ShownAsync(Uri server, SslProtocols protocols)
    {
        using var tcp = new System.Net.Sockets.TcpClient();
        await tcp.ConnectAsync(server.Host, server.Port);
        await using var stream = new SslStream(tcp.GetStream());
        var shown = "";
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = server.Host,
            EnabledSslProtocols = protocols,
            RemoteCertificateValidationCallback = (_, presented, _, _) =>
            {
                shown = presented?.GetCertHashString() ?? "";
                return presented is not null;
            },
        });
        return (stream.SslProtocol, shown);
    }

    public void Dispose()
    {
        certificate.Dispose();
        key.Dispose();
    }
}
