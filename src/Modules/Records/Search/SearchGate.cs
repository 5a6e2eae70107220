using Microsoft.Extensions.Options;
using Salus.Kernel;

namespace Salus.Records.Search;

/// <summary>
/// Lets so many searches run at once that connections are left for writes, reads by id and the health check. Costly ones have a lane with half of the
/// places, so that an ordinary search never waits for somebody's costly ones. Within a lane they wait in line.
/// </summary>
internal sealed class SearchGate : IDisposable
{
    private readonly SemaphoreSlim places;
    private readonly SemaphoreSlim costlyPlaces;
    private readonly TimeSpan patience;

    public SearchGate(KernelOptions kernel, IOptions<RecordsOptions> options)
    {
        Places = Database.SearchPlaces(kernel);
        CostlyPlaces = Places / 2;
        places = new SemaphoreSlim(Places);
        costlyPlaces = new SemaphoreSlim(CostlyPlaces);
        patience = TimeSpan.FromSeconds(options.Value.SearchTimeoutSeconds);
    }

    /// <summary>How many searches run at once.</summary>
    public int Places { get; }

    /// <summary>How many of them may be costly ones.</summary>
    public int CostlyPlaces { get; }

    public void Dispose()
    {
        places.Dispose();
        costlyPlaces.Dispose();
    }

    /// <summary>Runs a search in its turn; fails when its lane did not move for as long as a search may take.</summary>
    public Task<Outcome<T>> RunAsync<T>(SearchCost cost, Func<Task<Outcome<T>>> search, CancellationToken ct) => cost == SearchCost.Costly
        ? InAsync(costlyPlaces, () => InAsync(places, search, ct), ct)
        : InAsync(places, search, ct);

    private async Task<Outcome<T>> InAsync<T>(SemaphoreSlim lane, Func<Task<Outcome<T>>> search, CancellationToken ct)
    {
        if (!await lane.WaitAsync(patience, ct))
        {
            return new Failure(FailureKind.Unavailable, "throttled", "Salus is busy with other searches. Nothing is wrong with this one; ask again in a moment.");
        }

        try
        {
            return await search();
        }
        finally
        {
            lane.Release();
        }
    }
}
