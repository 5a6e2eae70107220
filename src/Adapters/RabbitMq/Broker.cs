using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Salus.Kernel;

namespace Salus.RabbitMq;

/// <summary>Where the broker is and how to get there. Its credentials are in no message.</summary>
internal sealed class Broker
{
    // The broker refuses larger ones by default (max_message_size, 128 MB). The client's own limit closes the connection, which brings the same message again, for ever.
    private const uint LargestMessage = 512 * 1024 * 1024;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConnectionFactory? factory;

    /// <exception cref="CannotStartException">The address or the certificate cannot be used.</exception>
    public Broker(RabbitMqOptions options)
    {
        if (SecretText.Read("Salus:RabbitMq:Uri", options.Uri, options.UriFile) is not { } text)
        {
            return;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps") || uri.Host.Length == 0)
        {
            throw new CannotStartException("Salus:RabbitMq:Uri is no address of a broker. It has to be amqp://user:password@host:5672/vhost, or amqps:// for TLS; write special characters of the password as %40 and the like.");
        }

        Address = $"{uri.Scheme}://{uri.Host}:{(uri.Port > 0 ? uri.Port : uri.Scheme == "amqps" ? 5671 : 5672)}{uri.AbsolutePath}";
        factory = new ConnectionFactory
        {
            Uri = uri,
            ClientProvidedName = "salus",
            // A lost connection is made anew as a whole, by the loop that also waits for the database.
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            RequestedConnectionTimeout = Patience,
            // A process that stands still is given up after two of them, and what it had goes to another one.
            RequestedHeartbeat = Heartbeat,
            MaxInboundMessageBodySize = LargestMessage,
        };
        if (options.CaFile is { Length: > 0 } file)
        {
            Trust(factory.Ssl, file);
        }
    }

    /// <summary>Whether there is one.</summary>
    public bool IsConfigured => factory is not null;

    /// <summary>For people, without credentials.</summary>
    public string Address { get; } = "";

    /// <summary>A new connection.</summary>
    /// <exception cref="RabbitMQ.Client.Exceptions.BrokerUnreachableException">It cannot be reached, or refuses.</exception>
    public Task<IConnection> ConnectAsync(CancellationToken ct) => factory!.CreateConnectionAsync(ct);

    /// <summary>Whether that is how the client says that connection or channel are gone: what was not acknowledged is delivered again.</summary>
    public static bool HasGone(Exception e) =>
        e is AlreadyClosedException or OperationInterruptedException or PublishException or IOException or OperationCanceledException or ObjectDisposedException;

    private static void Trust(SslOption ssl, string file)
    {
        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CannotStartException($"Salus:RabbitMq:CaFile names {Path.GetFullPath(file)}, which cannot be read as certificates: {e.Message} It has to be a PEM file.", e);
        }

        ssl.CertificateValidationCallback = (_, certificate, _, errors) => IsTrusted(certificate, errors, roots);
    }

    // The name has to fit all the same.
    private static bool IsTrusted(X509Certificate? certificate, SslPolicyErrors errors, X509Certificate2Collection roots)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
        {
            return false;
        }

        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        using var presented = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return chain.Build(presented);
    }
}
