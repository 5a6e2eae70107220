using Microsoft.Extensions.DependencyInjection.Extensions;
using Salus.Kernel;

namespace Salus.Host.Commands;

/// <summary>The record opened in this process; with <see cref="OpenAsync"/> also beside a server that runs on the same data folder: then its PostgreSQL is used as an outside one.</summary>
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

    /// <exception cref="CannotStartException">There is no record, or it cannot be opened.</exception>
    public static async Task<RecordProcess> OpenAsync(string? data, string command, CancellationToken ct)
    {
        var builder = RecordHost.Builder(data);
        var folder = await RecordHost.EmbeddedAsync(builder, ct);
        RecordHost.NeedRecord(folder, command);
        var description = RecordHost.Describe(folder);
        if (await RecordHost.UseRunningAsync(builder, folder, ct))
        {
            description += ", where a server runs";
        }

        return await StartAsync(builder, description, ct);
    }

    /// <summary>Opens what is configured, in this process alone.</summary>
    /// <exception cref="CannotStartException">The record cannot be opened.</exception>
    public static async Task<RecordProcess> StartAsync(HostApplicationBuilder builder, string description, CancellationToken ct)
    {
        RecordHost.AddRecord(builder);
        // The default one stops the database at Ctrl-C, while the command still finishes what it has begun. The command ends it.
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
