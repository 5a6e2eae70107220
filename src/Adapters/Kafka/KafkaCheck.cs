using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Salus.Kafka;

/// <summary>Whether messages of devices are taken and events passed on. Without the cluster everything else goes on: degraded, not failed. Everybody may ask: where it is, the log says.</summary>
internal sealed class KafkaCheck(Cluster cluster, VitalsConsumer consumer, EventPublisher publisher) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        !cluster.IsConfigured ? HealthCheckResult.Healthy("no Kafka is configured")
        : consumer.IsWanted && !consumer.IsConsuming ? HealthCheckResult.Degraded("takes no device data from Kafka; the log says why")
        : publisher.IsWaiting ? HealthCheckResult.Degraded("alerts and events of devices wait for Kafka; the log says why")
        : HealthCheckResult.Healthy("takes device data from Kafka and passes alerts on"));
}
