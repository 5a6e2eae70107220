using System.Text.RegularExpressions;
using Confluent.Kafka;
using Salus.Kernel;

namespace Salus.Kafka;

/// <summary>Where the brokers are and how to get there. No password is in any message.</summary>
internal sealed partial class Cluster
{
    // What the topic may take, the brokers say; the client's own limit, 1 MB, would keep a large one from being put aside.
    private const int LargestDead = 64 * 1024 * 1024;

    private readonly KafkaOptions options;
    private readonly string? password;

    /// <exception cref="CannotStartException">The settings cannot be used, or the C library is missing.</exception>
    public Cluster(KafkaOptions options)
    {
        this.options = options;
        if (string.IsNullOrWhiteSpace(options.BootstrapServers))
        {
            return;
        }

        Address = options.BootstrapServers.Replace(" ", "", StringComparison.Ordinal);
        if (!Addresses().IsMatch(Address))
        {
            throw new CannotStartException("Salus:Kafka:BootstrapServers is no list of brokers. It has to be host:port, or several of them with commas between, such as kafka1:9092,kafka2:9092; user and password have settings of their own.");
        }

        password = SecretText.Read("Salus:Kafka:Password", options.Password, options.PasswordFile);
        Check();
        NativeLibraryFile.Load(options.Library);
        IsConfigured = true;
    }

    /// <summary>Whether there is one.</summary>
    public bool IsConfigured { get; }

    /// <summary>For people.</summary>
    public string Address { get; } = "";

    /// <summary>Of the group, that stores the offsets it is told to, and gives partitions up one by one (cooperative-sticky).</summary>
    public ConsumerConfig Consumer() => new(Client())
    {
        GroupId = options.Group,
        PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        // Committed every second and when partitions are given up; but only what was stored (StoreOffset), and that is what is durable.
        EnableAutoCommit = true,
        EnableAutoOffsetStore = false,
        AutoCommitIntervalMs = 1000,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        IsolationLevel = IsolationLevel.ReadCommitted,
        SessionTimeoutMs = options.SessionSeconds * 1000,
        HeartbeatIntervalMs = options.SessionSeconds * 1000 / 5,
        QueuedMaxMessagesKbytes = options.MostMegabytes * 1024,
        // Above 100 MB the client takes an answer for broken.
        FetchMaxBytes = Math.Min(options.MostMegabytes, 50) * 1024 * 1024,
        MaxPartitionFetchBytes = Math.Min(options.MostMegabytes, 8) * 1024 * 1024,
        FetchWaitMaxMs = 100,
        StatisticsIntervalMs = 1000,
    };

    /// <summary>For dead letters: what the brokers have confirmed, all replicas in sync have.</summary>
    public ProducerConfig DeadLetters() => new(Client()) { Acks = Acks.All, MessageTimeoutMs = 20_000, LingerMs = 5, MessageMaxBytes = LargestDead };

    /// <summary>For events, in order and once for as long as the producer lives.</summary>
    public ProducerConfig Events() => new(Client()) { Acks = Acks.All, EnableIdempotence = true, LingerMs = 5, MessageTimeoutMs = 0 };

    private ClientConfig Client() => new()
    {
        BootstrapServers = Address,
        ClientId = "salus",
        // A broker that comes back is found within this.
        ReconnectBackoffMaxMs = 5000,
        SecurityProtocol = options.Security switch
        {
            KafkaSecurity.Plaintext => SecurityProtocol.Plaintext,
            KafkaSecurity.Tls => SecurityProtocol.Ssl,
            _ => SecurityProtocol.SaslSsl,
        },
        SslCaLocation = options.CaFile,
        SslCertificateLocation = options.CertificateFile,
        SslKeyLocation = options.KeyFile,
        SaslMechanism = options.Security != KafkaSecurity.PasswordOverTls ? null : options.Mechanism switch
        {
            KafkaMechanism.Plain => SaslMechanism.Plain,
            KafkaMechanism.Scram256 => SaslMechanism.ScramSha256,
            _ => SaslMechanism.ScramSha512,
        },
        SaslUsername = options.User,
        SaslPassword = password,
    };

    private void Check()
    {
        foreach (var (name, file) in new[] { ("CaFile", options.CaFile), ("CertificateFile", options.CertificateFile), ("KeyFile", options.KeyFile) })
        {
            if (file is { Length: > 0 } && !File.Exists(file))
            {
                throw new CannotStartException($"Salus:Kafka:{name} names {Path.GetFullPath(file)}, which is not there. It has to be a PEM file.");
            }
        }

        if (options.Security == KafkaSecurity.PasswordOverTls ? string.IsNullOrEmpty(options.User) || password is null : password is not null || !string.IsNullOrEmpty(options.User))
        {
            throw new CannotStartException("Salus:Kafka:User and Salus:Kafka:Password belong to Salus:Kafka:Security=PasswordOverTls: set all three, or leave user and password out.");
        }

        if (options.Security == KafkaSecurity.Plaintext && (options.CaFile ?? options.CertificateFile ?? options.KeyFile) is not null)
        {
            throw new CannotStartException("Salus:Kafka:CaFile, CertificateFile and KeyFile are for TLS, and Salus:Kafka:Security is Plaintext. Set it to Tls, or leave the files out.");
        }
    }

    [GeneratedRegex(@"^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}(,([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5})*$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Addresses();
}
