using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;

namespace Salus.Monitoring.Outgoing;

/// <summary>Registers the way out for events.</summary>
internal static class OutgoingServices
{
    public static IServiceCollection AddOutgoing(this IServiceCollection services)
    {
        services.AddSingleton(s => new OutgoingEvents(s.GetRequiredService<Database>()));
        services.AddHostedService<OutgoingKeeper>();
        return services;
    }
}
