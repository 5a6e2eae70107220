using System.ComponentModel.DataAnnotations;
using Salus.Kernel;

namespace Salus.RabbitMq;

/// <summary>Device data that comes over a RabbitMQ broker, section <c>Salus:RabbitMq</c>.</summary>
public sealed class RabbitMqOptions
{
    /// <summary>
    /// The broker, with its credentials: <c>amqp://user:password@host:5672/vhost</c>, or <c>amqps://</c> for TLS, where the certificate has to be for that host. Default: none, and
    /// nothing is taken from a broker.
    /// </summary>
    [Secret]
    public string? Uri { get; set; }

    /// <summary>A file that holds <see cref="Uri"/>.</summary>
    public string? UriFile { get; set; }

    /// <summary>A PEM file with the certificate authority of the broker, where this machine does not trust it anyway. Default: none.</summary>
    public string? CaFile { get; set; }

    /// <summary>The queue of the messages. Default <c>salus.telemetry</c>.</summary>
    [Required, StringLength(255)]
    public string Queue { get; set; } = "salus.telemetry";

    /// <summary>The queue of messages that are never taken, with the reason. Default <c>salus.telemetry.dead</c>.</summary>
    [Required, StringLength(255)]
    public string DeadLetterQueue { get; set; } = "salus.telemetry.dead";

    /// <summary>
    /// What is published to <c>amq.topic</c> under this key and below goes into the queue; the rest of the key is the name of the sending Device. MQTT clients publish there: the topic
    /// <c>salus/telemetry/SN-1001</c>. Empty binds nothing. Default <c>salus.telemetry</c>.
    /// </summary>
    [StringLength(200)]
    public string RoutingKey { get; set; } = "salus.telemetry";

    /// <summary>Whether Salus makes the queues and the binding. False where the broker's administrator did: then its account needs no right to configure. Default true.</summary>
    public bool Declare { get; set; } = true;

    /// <summary>The first part of the names of the queues by which processes share the patients, where <c>Salus:Monitoring:Mode</c> is <c>Clustered</c>. Default <c>salus.monitoring</c>.</summary>
    [Required, StringLength(200)]
    public string PartitionPrefix { get; set; } = "salus.monitoring";

    /// <summary>Messages that may be in work at once; the broker holds back the others. Together with the largest message it bounds the memory. Default 250.</summary>
    [Range(1, 2_000)]
    public int Prefetch { get; set; } = 250;

    /// <summary>Users of the broker who may send, by the <c>user-id</c> property of a message, which the broker checks. Default none: everybody whom the broker lets publish.</summary>
    public string[] Senders { get; set; } = [];

    /// <summary>The number of the tenant whose devices send (<c>salus tenants list</c>). Default 1.</summary>
    [Range(1, int.MaxValue)]
    public int Tenant { get; set; } = 1;
}
