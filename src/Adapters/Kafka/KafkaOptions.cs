using System.ComponentModel.DataAnnotations;
using Salus.Kernel;

namespace Salus.Kafka;

/// <summary>How the way to the brokers is secured.</summary>
public enum KafkaSecurity
{
    /// <summary>Not at all: for a network that nobody else is in.</summary>
    Plaintext,
    /// <summary>TLS; with <see cref="KafkaOptions.CertificateFile"/> also for who Salus is.</summary>
    Tls,
    /// <summary>A user and a password over TLS.</summary>
    PasswordOverTls,
}

/// <summary>How a password is proved to the brokers.</summary>
public enum KafkaMechanism
{
    /// <summary>SCRAM-SHA-512: the broker keeps no password.</summary>
    Scram512,
    /// <summary>SCRAM-SHA-256.</summary>
    Scram256,
    /// <summary>PLAIN: the broker is told the password.</summary>
    Plain,
}

/// <summary>Device data in, alerts and events of devices out, by Kafka: section <c>Salus:Kafka</c>.</summary>
public sealed class KafkaOptions
{
    /// <summary>Some brokers of the cluster: <c>kafka1:9092,kafka2:9092</c>. Default: none, and nothing of this runs or is loaded.</summary>
    public string? BootstrapServers { get; set; }

    /// <summary>The file of the C library librdkafka, version 2.15. Default: none, and it is looked for beside the program and where the system has its libraries.</summary>
    public string? Library { get; set; }

    /// <summary>How the way to the brokers is secured. Default Plaintext.</summary>
    public KafkaSecurity Security { get; set; }

    /// <summary>A PEM file with the authorities to trust in place of those of the machine. Default: none.</summary>
    public string? CaFile { get; set; }

    /// <summary>A PEM file with the certificate that says who Salus is. Default: none.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>A PEM file with the key of <see cref="CertificateFile"/>. Default: none.</summary>
    public string? KeyFile { get; set; }

    /// <summary>How the password is proved. Default Scram512.</summary>
    public KafkaMechanism Mechanism { get; set; }

    /// <summary>The user, with <see cref="KafkaSecurity.PasswordOverTls"/>. Default: none.</summary>
    public string? User { get; set; }

    /// <summary>The password of the user. Default: none.</summary>
    [Secret]
    public string? Password { get; set; }

    /// <summary>A file that holds <see cref="Password"/>.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>The topic of data of devices. Empty takes none. Default <c>patient-vitals</c>.</summary>
    [StringLength(249)]
    public string VitalsTopic { get; set; } = "patient-vitals";

    /// <summary>The topic of messages that are never taken, with the reason. Default <c>patient-vitals.dead</c>.</summary>
    [Required, StringLength(249)]
    public string DeadLetterTopic { get; set; } = "patient-vitals.dead";

    /// <summary>The topic for the life of alerts. Empty sends none. Default <c>alerts</c>.</summary>
    [StringLength(249)]
    public string AlertsTopic { get; set; } = "alerts";

    /// <summary>The topic for who is on which device. Empty sends none. Default <c>device-events</c>.</summary>
    [StringLength(249)]
    public string DeviceEventsTopic { get; set; } = "device-events";

    /// <summary>The consumer group. Default <c>salus</c>.</summary>
    [Required, StringLength(249)]
    public string Group { get; set; } = "salus";

    /// <summary>The number of the tenant whose devices send (<c>salus tenants list</c>). What goes out has its tenant in a header. Default 1.</summary>
    [Range(1, int.MaxValue)]
    public int Tenant { get; set; } = 1;

    /// <summary>Messages that may be in work at once; together with <see cref="MostMegabytes"/> it bounds the memory. Default 500.</summary>
    [Range(1, 10_000)]
    public int MostInWork { get; set; } = 500;

    /// <summary>Megabytes of messages that may be in work at once, and as many again that are fetched ahead. One message more may come on top. Default 32.</summary>
    [Range(1, 1024)]
    public int MostMegabytes { get; set; } = 32;

    /// <summary>Seconds without a sign of life after which the group gives the partitions of a process to others. The brokers bound it, by default to at least 6. Default 10.</summary>
    [Range(1, 300)]
    public int SessionSeconds { get; set; } = 10;
}
