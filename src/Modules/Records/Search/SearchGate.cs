using Microsoft.Extensions.Options;
using Salus.Kernel;
using Salus.Records.Http;

namespace Salus.Records.Search;

/// <summary>
/// Lets so many searches run at once that connections are left for writes, reads by id and the health check: costly searches of one client must not stop
/// everybody else. The others wait in line.
/// </summary>
internal sealed class SearchGate(KernelOptions kernel, IOptions<RecordsOptions> options) : IDisposable
{
    // One for the committer, one for everything else that is short.
    private readonly SemaphoreSlim places = new(Math.Max(1, kernel.PoolSize - 2));

    public void Dispose() => places.Dispose();

    /// <summary>Runs a search in its turn; fails when the line did not move for as long as a search may take.</summary>
    public async Task<Outcome<Reply>> RunAsync(Func<Task<Outcome<Reply>>> search, CancellationToken ct)
    {
        if (!await places.WaitAsync(TimeSpan.FromSeconds(options.Value.SearchTimeoutSeconds), ct))
        {
            return new Failure(FailureKind.Unavailable, "throttled", "Salus is busy with other searches. Nothing is wrong with this one; ask again in a moment.");
        }

        try
        {
            return await search();
        }
        finally
        {
            places.Release();
        }
    }
}
