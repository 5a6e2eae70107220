using Microsoft.Extensions.DependencyInjection;

namespace Salus.Access.BreakGlass;

/// <summary>What break-glass consists of.</summary>
internal static class BreakGlassServices
{
    public static IServiceCollection AddBreakGlass(this IServiceCollection services) =>
        services.AddSingleton<OpeningTable>().AddSingleton<Openings>().AddSingleton<BreakGlassAudit>().AddSingleton<BreakGlassRoutes>().AddSingleton<BreakGlassReview>();
}
