using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;
using Salus.Monitoring;
using Salus.RabbitMq.Partitions;

namespace Salus.RabbitMq;

/// <summary>Takes device data from a RabbitMQ broker, over AMQP 0-9-1; so also from MQTT clients of its plugin.</summary>
public static class RabbitMqModule
{
    /// <summary>Registers it. <c>AddMonitoring</c> comes first. Without <c>Salus:RabbitMq:Uri</c> it does nothing.</summary>
    public static IServiceCollection AddRabbitMq(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddConfigured<RabbitMqOptions>(configuration, "Salus:RabbitMq");
        services.AddSingleton<Broker>();
        services.AddSingleton<Senders>();
        services.AddSingleton<TelemetryConsumer>();
        services.AddHostedService(s => s.GetRequiredService<TelemetryConsumer>());
        services.AddSingleton<PartitionPublisher>();
        services.AddSingleton<IPartitionQueues>(s => s.GetRequiredService<PartitionPublisher>());
        services.AddHostedService(s => s.GetRequiredService<PartitionPublisher>());
        services.AddSingleton<PartitionConsumer>();
        services.AddHostedService(s => s.GetRequiredService<PartitionConsumer>());
        services.AddHealthChecks().AddCheck<BrokerCheck>("rabbitmq", tags: [KernelModule.ReadyTag]);
        return services;
    }
}
