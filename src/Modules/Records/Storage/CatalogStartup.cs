using Microsoft.Extensions.Hosting;

namespace Salus.Records.Storage;

/// <summary>Loads the catalog after the migrations and before anything reads or writes.</summary>
internal sealed class CatalogStartup(Catalog catalog) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => catalog.LoadAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
