using Salus.Kernel;

namespace Salus.Host.Web.Tls;

/// <summary>Encryption, section <c>Salus:Tls</c>. TLS 1.3; a certificate of your own, or one made for development.</summary>
internal sealed class TlsOptions
{
    public const string Section = "Salus:Tls";

    /// <summary>A file with the certificate and those between it and its authority: PEM, or PKCS #12 when it ends with .pfx or .p12. Read again when it changes. Default none.</summary>
    public string? Certificate { get; set; }

    /// <summary>A PEM file with the private key. Default: it stands in the same file as the certificate.</summary>
    public string? Key { get; set; }

    /// <summary>The password of the key or of the PKCS #12 file. Default none.</summary>
    [Secret]
    public string? Password { get; set; }

    /// <summary>A file that holds <see cref="Password"/>.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Makes a certificate of its own for trying things out, kept in the data folder; browsers warn of it. Default false.</summary>
    public bool Development { get; set; }

    /// <summary>Takes clients that cannot do TLS 1.3 with 1.2 as well, with ciphers of forward secrecy only. Default false.</summary>
    public bool AllowTls12 { get; set; }

    public bool IsSet => Development || Certificate is { Length: > 0 };

    /// <exception cref="CannotStartException">What is set does not fit together.</exception>
    public void Check()
    {
        if (Development && Certificate is { Length: > 0 })
        {
            throw new CannotStartException("Salus:Tls:Certificate and Salus:Tls:Development (--dev-certificate) are both set. Leave one of them out.");
        }

        if (!IsSet && (Key ?? Password ?? PasswordFile) is { Length: > 0 })
        {
            throw new CannotStartException("Salus:Tls:Key or a password is set, and there is no certificate. Name its file with Salus:Tls:Certificate (--tls-certificate).");
        }
    }
}
