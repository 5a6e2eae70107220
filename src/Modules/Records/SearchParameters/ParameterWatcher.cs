using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.SearchParameters;

/// <summary>
/// Learns within a second which search parameters another process on this database was given, and which have become complete. Nothing rests on its
/// being quick: a commit and a search by an added parameter compare the version themselves.
/// </summary>
internal sealed class ParameterWatcher(Database database, SearchParameterSet parameters, ParameterLoader loader, IndexState state, TimeProvider time, ILogger<ParameterWatcher> log)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Pause, time, stoppingToken);
                await LookAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }
            catch (Exception e)
            {
                RecordsLog.WatchFailed(log, e);
            }
        }
    }

    private async Task LookAsync(CancellationToken ct)
    {
        long version;
        await using (var connection = await database.Source.OpenConnectionAsync(ct))
        {
            version = await ParameterLoader.VersionAsync(connection, ct);
            await state.ReadAsync(connection, ct);
        }

        if (version != parameters.Current.Version)
        {
            await loader.RefreshAsync(ct);
        }
    }
}
