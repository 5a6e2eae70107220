using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Salus.Kernel;

/// <summary>
/// Checks all options and that no key is unknown, starts the database and runs the migrations, in this order. Hosted services start one after the other in the order of their
/// registration, and stop in reverse: with <c>AddKernel</c> called before any module, everything else finds a ready database until its own end.
/// </summary>
internal sealed class KernelStartup(IServiceProvider services, IEnumerable<RequiredOptions> required, IEnumerable<KnownOptions> known) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var options in required)
        {
            options.Read(services);
        }

        var all = known.ToList();
        ConfigurationKeys.Check(all[0].Configuration, all);
        await services.GetRequiredService<Database>().StartAsync(cancellationToken);
        var migrations = services.GetRequiredService<MigrationRunner>();
        if (!migrations.Done)
        {
            await migrations.RunAsync(cancellationToken);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken) =>
        await services.GetRequiredService<Database>().StopAsync(CancellationToken.None);
}
