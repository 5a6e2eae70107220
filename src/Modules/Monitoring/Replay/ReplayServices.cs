using Microsoft.Extensions.DependencyInjection;

namespace Salus.Monitoring.Replay;

/// <summary>Registers the replay of rules.</summary>
internal static class ReplayServices
{
    public static IServiceCollection AddReplay(this IServiceCollection services) => services.AddSingleton<StoredAlerts>().AddSingleton<ReplayRun>().AddSingleton<ReplayTurn>().AddSingleton<ReplayRoutes>();
}
