using Microsoft.Extensions.Hosting;
using Salus.Records.SearchParameters;

namespace Salus.Records.Storage;

/// <summary>Loads the catalog and the search parameters after the migrations and before anything reads or writes.</summary>
internal sealed class CatalogStartup(ParameterLoader loader) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => loader.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
