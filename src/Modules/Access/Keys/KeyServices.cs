using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Salus.Access.Keys;

/// <summary>Data Protection (<see cref="IDataProtectionProvider"/>): one ring of keys for all processes of a database, encrypted at rest.</summary>
internal static class KeyServices
{
    public static void AddKeys(this IServiceCollection services)
    {
        // In front of the framework's own service, which reads the ring at the start and would log a failure instead of stopping.
        services.AddSingleton<IHostedService, KeyCheck>();
        services.AddSingleton<KeyRepository>();
        services.AddSingleton<KeyEncryptor>();
        // The same name everywhere: otherwise the folder of the program would keep processes apart.
        services.AddDataProtection().SetApplicationName("salus");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(management =>
        {
            management.XmlRepository = provider.GetRequiredService<KeyRepository>();
            management.XmlEncryptor = provider.GetRequiredService<KeyEncryptor>();
        }));
    }
}
