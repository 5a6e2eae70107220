using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Salus.Kernel;

namespace Salus.Host.Web.Tls;

/// <summary>A certificate with its key and the certificates above it, as it stands in files.</summary>
internal static class CertificateFiles
{
    /// <summary>Reads what the options name.</summary>
    /// <exception cref="CannotStartException">A file cannot be used: the message names it, and no secret.</exception>
    public static SslStreamCertificateContext Read(TlsOptions options)
    {
        var path = options.Certificate!;
        var password = SecretText.Read("Salus:Tls:Password", options.Password, options.PasswordFile);
        try
        {
            return IsPkcs12(path) ? OfPkcs12(path, password) : OfPem(path, options.Key, password);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CannotStartException(
                $"Salus:Tls:Certificate names {Path.GetFullPath(path)}, which cannot be used with its key: {e.Message} It takes PEM files (--tls-certificate, --tls-key) or one of PKCS #12 (.pfx), "
                + "with the password in Salus:Tls:PasswordFile where there is one.",
                e);
        }
    }

    /// <summary>The certificate as a server uses it.</summary>
    /// <param name="others">Those between it and its authority.</param>
    // Offline: nothing is fetched from elsewhere while the server starts.
    public static SslStreamCertificateContext Context(X509Certificate2 certificate, X509Certificate2Collection? others) =>
        SslStreamCertificateContext.Create(certificate, others, offline: true);

    /// <summary>Something that is different when a file was changed or put in place of another, also behind links.</summary>
    public static string Stamp(TlsOptions options) => string.Join('|', new[] { options.Certificate, options.Key }.OfType<string>().Select(StampOf));

    private static string StampOf(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            return "";
        }

        var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        return $"{target.FullName} {(target.Exists ? $"{target.LastWriteTimeUtc.Ticks} {target.Length}" : "")}";
    }

    private static bool IsPkcs12(string path) => Path.GetExtension(path).ToUpperInvariant() is ".PFX" or ".P12";

    private static SslStreamCertificateContext OfPkcs12(string path, string? password)
    {
        var all = X509CertificateLoader.LoadPkcs12Collection(SecretText.ReadFile("Salus:Tls:Certificate", path), password);
        var own = all.FirstOrDefault(c => c.HasPrivateKey) ?? throw new CryptographicException("It holds no private key.");
        all.Remove(own);
        return Context(own, all);
    }

    private static SslStreamCertificateContext OfPem(string path, string? keyPath, string? password)
    {
        var apart = keyPath is { Length: > 0 };
        var chain = apart ? Public(path) : Encoding.ASCII.GetString(SecretText.ReadFile("Salus:Tls:Certificate", path));
        var key = apart ? Encoding.ASCII.GetString(SecretText.ReadFile("Salus:Tls:Key", keyPath!)) : chain;
        using var paired = password is null ? X509Certificate2.CreateFromPem(chain, key) : X509Certificate2.CreateFromEncryptedPem(chain, key, password);
        var others = new X509Certificate2Collection();
        others.ImportFromPem(chain);
        others.RemoveAt(0);
        // Windows serves no key that lives in memory only.
        return Context(X509CertificateLoader.LoadPkcs12(paired.Export(X509ContentType.Pkcs12), null), others);
    }

    private static string Public(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CannotStartException($"Salus:Tls:Certificate names {Path.GetFullPath(path)}, which cannot be read: {e.Message} Correct the path.", e);
        }
    }
}
