using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Salus.Kernel;

namespace Salus.Host.Web.Tls;

/// <summary>
/// What each new connection is encrypted with. A changed file is noticed by the first connection after it, at most one look a second; one that cannot be used is
/// logged and the certificate before it stays. Thread-safe.
/// </summary>
internal sealed partial class TlsCertificates(Listening listening, TimeProvider time, ILogger<TlsCertificates> log)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EndsSoon = TimeSpan.FromDays(14);

    // RFC 9325, section 4.2: forward secrecy and authenticated encryption only.
    private static readonly TlsCipherSuite[] Suites =
    [
        TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ];

    private readonly Lock gate = new();
    private SslServerAuthenticationOptions? current;
    private string stamp = "";
    private long looked;
    private Action<X509Certificate2>? tell;

    /// <summary>The certificate in use.</summary>
    public X509Certificate2 Certificate => current!.ServerCertificateContext!.TargetCertificate;

    /// <summary>Reads the files that are configured, before anything else is started.</summary>
    /// <exception cref="CannotStartException">They cannot be used.</exception>
    public void Load()
    {
        if (listening.Tls is { Development: false } tls)
        {
            stamp = CertificateFiles.Stamp(tls);
            Use(CertificateFiles.Read(tls));
        }
    }

    /// <summary>Makes or finds the certificate for development, when the data folder is known.</summary>
    public void LoadDevelopment(string? folder)
    {
        if (listening.Tls is { Development: true })
        {
            Use(CertificateFiles.Context(DevelopmentCertificate.Get(folder, listening.Names, time.GetUtcNow()), null));
        }
    }

    /// <summary>Tells of the certificate in use now, and of each that takes its place, before it does.</summary>
    /// <param name="listener">Must not fail: the certificate is changed whatever it does.</param>
    public void Tell(Action<X509Certificate2> listener)
    {
        lock (gate)
        {
            tell = listener;
            listener(Certificate);
        }
    }

    /// <summary>For Kestrel, once for each connection.</summary>
    public TlsHandshakeCallbackOptions Handshake() => new() { HandshakeTimeout = TimeSpan.FromSeconds(10), OnConnection = _ => ValueTask.FromResult(Latest()) };

    private SslServerAuthenticationOptions Latest()
    {
        lock (gate)
        {
            if (listening.Tls is { Development: false } tls && time.GetElapsedTime(looked) >= LookEvery)
            {
                looked = time.GetTimestamp();
                Reload(tls);
            }

            return current!;
        }
    }

    private void Reload(TlsOptions tls)
    {
        var now = CertificateFiles.Stamp(tls);
        if (now == stamp)
        {
            return;
        }

        stamp = now;
        try
        {
            var next = CertificateFiles.Read(tls);
            tell?.Invoke(next.TargetCertificate);
            Use(next);
            Reloaded(log, Certificate.NotAfter.ToUniversalTime());
        }
        catch (CannotStartException e)
        {
            NotReloaded(log, e.Message);
        }
    }

    private void Use(SslStreamCertificateContext context)
    {
        looked = time.GetTimestamp();
        current = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = context,
            EnabledSslProtocols = listening.Tls!.AllowTls12 ? SslProtocols.Tls12 | SslProtocols.Tls13 : SslProtocols.Tls13,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            AllowRenegotiation = false,
            // Windows and macOS choose by themselves.
            CipherSuitesPolicy = OperatingSystem.IsLinux() ? new CipherSuitesPolicy(Suites) : null,
        };
        if (Certificate.NotAfter.ToUniversalTime() - time.GetUtcNow().UtcDateTime < EndsSoon)
        {
            Ends(log, Certificate.NotAfter.ToUniversalTime());
        }
    }

    [LoggerMessage(1, LogLevel.Information, "The certificate was changed and is in use; it ends at {NotAfter:u}")]
    private static partial void Reloaded(ILogger logger, DateTime notAfter);

    [LoggerMessage(2, LogLevel.Error, "The changed certificate is not used, the one before it stays: {Reason}")]
    private static partial void NotReloaded(ILogger logger, string reason);

    [LoggerMessage(3, LogLevel.Warning, "The certificate ends at {NotAfter:u}")]
    private static partial void Ends(ILogger logger, DateTime notAfter);
}
