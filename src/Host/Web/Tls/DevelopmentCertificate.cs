using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Salus.Kernel;

namespace Salus.Host.Web.Tls;

/// <summary>A certificate that nobody vouches for, to try things out: made once, kept in the data folder, made anew when it ends or a name is missing in it.</summary>
internal static class DevelopmentCertificate
{
    /// <summary>The public part, for clients that are told to trust it: <c>curl --cacert</c>.</summary>
    public const string PublicFile = "dev-certificate.pem";

    private const string PrivateName = "dev-certificate.pfx";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);
    private static readonly TimeSpan Rest = TimeSpan.FromDays(14);

    /// <param name="folder">The data folder; null keeps it in memory.</param>
    /// <param name="names">What it has to be good for.</param>
    public static X509Certificate2 Get(string? folder, IReadOnlyList<string> names, DateTimeOffset now)
    {
        if (folder is null)
        {
            return Make(names, now);
        }

        var path = Path.Combine(folder, PrivateName);
        if (File.Exists(path) && Kept(path, names, now) is { } kept)
        {
            return kept;
        }

        // With an outside PostgreSQL nobody else has made it.
        PrivateFolder.Make(folder);
        var made = Make(names, now);
        PrivateFile.Replace(path, made.Export(X509ContentType.Pkcs12));
        File.WriteAllText(Path.Combine(folder, PublicFile), made.ExportCertificatePem() + "\n");
        return made;
    }

    private static X509Certificate2? Kept(string path, IReadOnlyList<string> names, DateTimeOffset now)
    {
        try
        {
            var kept = X509CertificateLoader.LoadPkcs12(SecretText.ReadFile(path, path), null);
            return kept.NotAfter > (now + Rest).LocalDateTime && names.All(name => kept.MatchesHostname(name, allowWildcards: false, allowCommonName: false)) ? kept : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static X509Certificate2 Make(IReadOnlyList<string> names, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Salus (made for development)", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "server authentication")], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var made = request.CreateSelfSigned(now.AddHours(-1), now + Lifetime);
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
