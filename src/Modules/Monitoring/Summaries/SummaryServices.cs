using Microsoft.Extensions.DependencyInjection;

namespace Salus.Monitoring.Summaries;

/// <summary>The services that make Observations of samples.</summary>
internal static class SummaryServices
{
    public static IServiceCollection AddSummaries(this IServiceCollection services)
    {
        services.AddSingleton<MinuteSummaries>();
        services.AddHostedService(s => s.GetRequiredService<MinuteSummaries>());
        return services;
    }
}
