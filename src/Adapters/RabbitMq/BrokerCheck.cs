using Microsoft.Extensions.Diagnostics.HealthChecks;
using Salus.Monitoring;
using Salus.RabbitMq.Partitions;

namespace Salus.RabbitMq;

/// <summary>Whether messages of devices are taken. Without a broker everything else goes on: degraded, not failed. Everybody may ask: where the broker is, the log says.</summary>
internal sealed class BrokerCheck(Broker broker, TelemetryConsumer consumer, PartitionConsumer partitions, PartitionInlet inlet) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        !broker.IsConfigured ? HealthCheckResult.Healthy("no broker is configured")
        : inlet.Clustered && !partitions.IsConsuming ? HealthCheckResult.Degraded("does not listen to the queues of partitions; the log says why")
        : consumer.IsConsuming ? HealthCheckResult.Healthy("takes device data from the broker")
        : HealthCheckResult.Degraded("takes no device data from the broker; the log says why"));
}
