using Salus.Kernel;
using Salus.Monitoring;

namespace Salus.RabbitMq;

/// <summary>Who sent a message. That somebody may publish into the queue at all is the broker's permission; what it proves of them is in the user id and in the routing key.</summary>
internal sealed class Senders(RabbitMqOptions options, IAuditTrail trail)
{
    private static readonly Permit MaySend = new([[]], [Permissions.Telemetry]);

    private readonly HashSet<string> allowed = [.. options.Senders];
    private readonly Tenant tenant = new(options.Tenant);
    private readonly string prefix = options.RoutingKey + ".";

    /// <summary>The caller; without the permission where the settings do not let them send.</summary>
    /// <param name="user">The message's <c>user-id</c>, which the broker has held against the connection; null where the sender did not say it.</param>
    public Caller Of(string? user) => new(tenant, user is null ? "rabbitmq" : $"rabbitmq/{user}")
    {
        Permit = allowed.Count == 0 || (user is not null && allowed.Contains(user)) ? MaySend : Permit.Nothing,
    };

    /// <summary>The name of the Device that a routing key is for; null for a gateway. That a client keeps to its own key is the broker's topic permission.</summary>
    public string? Device(string exchange, string routingKey) =>
        exchange == Topology.Exchange && routingKey.Length > prefix.Length && routingKey.StartsWith(prefix, StringComparison.Ordinal) ? routingKey[prefix.Length..] : null;

    /// <summary>Tells the audit trail of somebody who was turned away, as the gate in front of the routes does.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public ValueTask RefusedAsync(Caller caller, string queue, DeadReason reason) => trail.WriteAsync(
        [new AuditEntry(caller, AuditKind.Denied) { Outcome = AuditOutcome.MinorFailure, Query = $"AMQP {queue}", Detail = $"{reason.Code}: {reason.Message}" }], CancellationToken.None);
}
