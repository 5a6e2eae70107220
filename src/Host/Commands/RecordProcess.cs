using Microsoft.Extensions.DependencyInjection.Extensions;
using Salus.Host.Web;
using Salus.Kernel;
using Salus.Records;
using Salus.Simulation;

namespace Salus.Host.Commands;

/// <summary>The record opened in this process, also beside a server that runs on the same data folder: then its PostgreSQL is used as an outside one.</summary>
internal sealed class RecordProcess : IAsyncDisposable
{
    private readonly IHost host;

    private RecordProcess(IHost host, string description)
    {
        this.host = host;
        Description = description;
    }

    /// <summary>For the user's eyes.</summary>
    public string Description { get; }

    public IServiceProvider Services => host.Services;

    /// <exception cref="CannotStartException">The record cannot be opened.</exception>
    public static async Task<RecordProcess> OpenAsync(string? data, CancellationToken ct)
    {
        var builder = ImportDestination.Builder(data);
        var kernel = ConfiguredOptions.Read<KernelOptions>(builder.Configuration, KernelOptions.Section);
        var description = "the record in the configured PostgreSQL";
        if (string.IsNullOrWhiteSpace(kernel.Postgres))
        {
            var folder = kernel.Data is { Length: > 0 } configured ? Path.GetFullPath(configured) : await DataFolder.DefaultAsync("data", kernel.PostgresAccount, ct);
            var running = await RunningDatabase.FindAsync(folder, ct);
            description = $"the record in {folder}{(running is null ? "" : ", where a server runs")}";
            if (running is not null)
            {
                builder.Configuration.AddInMemoryCollection([new("Salus:Postgres", running)]);
            }
        }

        // Settings of serve may stand in the same environment.
        builder.Services.AddKnown<ListenOptions>(builder.Configuration, "Salus");
        builder.Services.AddKnown<SimulationOptions>(builder.Configuration, "Salus:Demo");
        builder.Services.AddKernel(builder.Configuration);
        builder.Services.AddRecords(builder.Configuration);
        // Ctrl-C ends the command, and the command ends the database.
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
        var host = builder.Build();
        try
        {
            await host.StartAsync(ct);
            return new RecordProcess(host, description);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
