using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Salus.Kernel;

namespace Salus.Access.Audit;

/// <summary>The services of the audit trail.</summary>
internal static class AuditServices
{
    public static IServiceCollection AddAuditTrail(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<AuditKey>();
        services.AddSingleton(s => new AuditJournal(
            s.GetRequiredService<AuditKey>(), s.GetRequiredService<TimeProvider>(), TimeSpan.FromMilliseconds(s.GetRequiredService<AccessOptions>().AuditFlushMilliseconds), s.GetRequiredService<ILogger<AuditJournal>>()));
        services.AddSingleton<AuditShipping>();
        services.AddSingleton<AuditTrail>();
        // In place of the one that keeps nothing.
        services.Replace(ServiceDescriptor.Singleton<IAuditTrail>(s => s.GetRequiredService<AuditTrail>()));
        services.AddSingleton<AuditedRefusal>();
        services.AddSingleton<AuditSealFile>();
        services.AddSingleton<AuditChain>();
        services.AddSingleton<AuditVerification>();
        services.AddSingleton<AuditSearch>();
        services.AddSingleton(s => new AuditCheck(s.GetRequiredService<AuditVerification>()));
        services.AddHostedService<AuditStartup>();
        services.AddHostedService(s => s.GetRequiredService<AuditTrail>());
        services.AddHostedService(s => s.GetRequiredService<AuditChain>());
        services.AddHostedService<AuditPartitions>();
        return services;
    }
}
