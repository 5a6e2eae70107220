using Microsoft.Extensions.Logging;
using Salus.Fhir.Json;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.SearchParameters;

namespace Salus.Records.Storage;

/// <summary>
/// Index rows that were made before the search parameters changed, in this process or another. A commit must not store them: the reindex that the change
/// began may have passed the resource already, and nobody would ever find it by the new parameter.
/// </summary>
internal sealed class StaleEntries(ParameterLoader loader, SearchParameterSet parameters, IndexEntries entries, ILogger<StaleEntries> log)
{
    public static bool Any(IEnumerable<WriteSet> sets, long definitions) => sets.Any(s => s.Writes.Any(w => IsStale(w, definitions)));

    /// <summary>Makes the index rows of all writes with the parameters of now. Gives the sets that cannot be committed any more, and why.</summary>
    public async Task<List<(WriteSet Set, Outcome<Committed[]> Outcome)>> RenewAsync(IEnumerable<WriteSet> sets)
    {
        await loader.RefreshAsync(CancellationToken.None);
        var refused = new List<(WriteSet, Outcome<Committed[]>)>();
        foreach (var set in sets)
        {
            if (set.Conditions.Count > 0)
            {
                // What it looked for may now be another parameter.
                refused.Add((set, ConditionCheck.Overtaken));
            }
            else if (await RenewAsync(set) is { } failure)
            {
                refused.Add((set, failure));
            }
        }

        return refused;
    }

    /// <summary>After a commit: when it wrote search parameters, this process knows them before anybody is told that they are stored.</summary>
    public async Task AfterAsync(IEnumerable<WriteSet> sets)
    {
        if (!sets.Any(s => s.Writes.Any(w => w.Type.Name == "SearchParameter")))
        {
            return;
        }

        try
        {
            await loader.RefreshAsync(CancellationToken.None);
        }
        catch (Exception e)
        {
            // It is stored, and nothing that follows may tell otherwise; the watcher loads it as soon as that is possible.
            RecordsLog.RefreshFailed(log, e);
        }
    }

    private async Task<Failure?> RenewAsync(WriteSet set)
    {
        foreach (var write in set.Writes.Where(w => IsStale(w, parameters.Current.Version)))
        {
            if (!ResourceReader.TryRead(write.Stored, parameters.Definitions, out var document, out var issue))
            {
                throw new InvalidOperationException($"A prepared {write.Type.Name} cannot be read: {issue.Message}");
            }

            var entry = await entries.OfAsync(document.Root, CancellationToken.None);
            if (entry.Failed(out var failure))
            {
                return failure;
            }

            write.Index = entry.Value;
        }

        return null;
    }

    private static bool IsStale(PendingWrite write, long definitions) => write.Operation != FeedOperation.Delete && write.Index.Definitions != definitions;
}
