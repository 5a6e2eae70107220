using Salus.Kernel;
using Salus.Records.Feed;
using Salus.Records.Http;
using Salus.Records.Search;
using Salus.Records.Storage;
using Salus.Records.Transaction;

namespace Salus.Records;

/// <summary>The record as other modules use it, inside this process. Safe for all threads.</summary>
public sealed class Record
{
    private readonly BundleInteraction bundles;
    private readonly SystemCounts counts;
    private readonly SearchGate gate;
    private readonly ChangeFeed feed;
    private readonly CommitSignal commits;

    internal Record(BundleInteraction bundles, SystemCounts counts, SearchGate gate, ChangeFeed feed, CommitSignal commits)
    {
        this.bundles = bundles;
        this.counts = counts;
        this.gate = gate;
        this.feed = feed;
        this.commits = commits;
    }

    /// <summary>Runs a batch or transaction bundle, as <c>POST /fhir</c> does: same validation, same commit, same answer.</summary>
    /// <param name="caller">Who writes, and into which tenant.</param>
    /// <param name="bundle">FHIR JSON in UTF-8; must not change afterwards.</param>
    /// <returns>The response bundle; of a transaction that does not hold, the failure, and nothing of it is stored.</returns>
    public async Task<Outcome<ReadOnlyMemory<byte>>> PostBundleAsync(Caller caller, ReadOnlyMemory<byte> bundle, CancellationToken ct)
    {
        var outcome = await bundles.RunAsync(caller, bundle, ReturnPreference.Minimal, address: "", ct);
        return outcome.Failed(out var failure) ? failure : outcome.Value.Body;
    }

    /// <summary>Exact numbers of current resources that the caller may see per type, types without any left out, at one moment.</summary>
    /// <exception cref="TimeoutException">Costly searches did not let it through.</exception>
    public async Task<IReadOnlyList<KeyValuePair<string, long>>> CountsAsync(Caller caller, CancellationToken ct)
    {
        var outcome = await gate.RunAsync(SearchCost.Costly, () => counts.ByTypeAsync(caller, ct), ct);
        return !outcome.Failed(out var failure) ? outcome.Value : failure.Kind == FailureKind.Forbidden ? [] : throw new TimeoutException(failure.ToString());
    }

    /// <summary>The last committed position of the log; 0 when nothing was ever written.</summary>
    public Task<long> HeadAsync(CancellationToken ct) => feed.HeadAsync(ct);

    /// <summary>The saved position of every consumer of the change feed.</summary>
    public Task<IReadOnlyList<KeyValuePair<string, long>>> ConsumersAsync(CancellationToken ct) => feed.PositionsAsync(ct);

    /// <summary>The position of the last commit of this process that held a resource of this type; 0 before the first. What was acknowledged here is not behind it.</summary>
    /// <param name="type">FHIR type name, such as <c>Device</c>.</param>
    public long LastCommitOf(string type) => commits.LastOf(type);
}
