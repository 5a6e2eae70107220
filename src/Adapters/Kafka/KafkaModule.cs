using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;

namespace Salus.Kafka;

/// <summary>Takes device data from a Kafka topic, and passes alerts and events of devices on to others.</summary>
public static class KafkaModule
{
    /// <summary>Registers it. <c>AddMonitoring</c> comes first. Without <c>Salus:Kafka:BootstrapServers</c> it does nothing, and its C library is not looked for.</summary>
    public static IServiceCollection AddKafka(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddConfigured<KafkaOptions>(configuration, "Salus:Kafka");
        services.AddSingleton<Cluster>();
        services.AddSingleton<DeadLetters>();
        services.AddSingleton<MessageWork>();
        services.AddSingleton<VitalsConsumer>();
        services.AddHostedService(s => s.GetRequiredService<VitalsConsumer>());
        services.AddSingleton<EventPublisher>();
        services.AddHostedService(s => s.GetRequiredService<EventPublisher>());
        services.AddHealthChecks().AddCheck<KafkaCheck>("kafka", tags: [KernelModule.ReadyTag]);
        return services;
    }
}
