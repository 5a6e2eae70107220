using Microsoft.Extensions.DependencyInjection;

namespace Salus.Monitoring.Models;

/// <summary>What takes and keeps the scores of models. Comes before the monitors: their first states have them.</summary>
internal static class ModelServices
{
    public static IServiceCollection AddModels(this IServiceCollection services)
    {
        services.AddSingleton<ModelBook>();
        services.AddSingleton<ModelScoreTable>();
        services.AddSingleton<ModelIntake>();
        services.AddSingleton<ModelRoutes>();
        services.AddSingleton(s => new ModelScores(s.GetRequiredService<ModelIntake>()));
        services.AddHostedService<ModelFollower>();
        return services;
    }
}
