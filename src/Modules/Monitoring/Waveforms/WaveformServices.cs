using Microsoft.Extensions.DependencyInjection;

namespace Salus.Monitoring.Waveforms;

/// <summary>What keeps waveforms. Comes after the flow, which keeps the tables by time.</summary>
internal static class WaveformServices
{
    public static IServiceCollection AddWaveforms(this IServiceCollection services)
    {
        services.AddSingleton<WaveformBook>();
        services.AddSingleton<WaveformStore>();
        services.AddSingleton<WaveformHistory>();
        services.AddSingleton<WaveformRoutes>();
        return services;
    }
}
