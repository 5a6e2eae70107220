using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Read;
using Salus.Records.Storage;

namespace Salus.Records.Transaction;

/// <summary>batch (http://hl7.org/fhir/R4/http.html#transaction): every entry for itself. Entries run side by side, so that their commits go to disk together.</summary>
internal sealed class BatchInteraction(ResourceVersions versions, EntryWrites writes, EntryReads reads)
{
    private const int Parallel = 64;

    public async Task<Reply[]> RunAsync(Caller caller, IReadOnlyList<Outcome<BundleEntry>> entries, string address, CancellationToken ct)
    {
        var replies = new Reply[entries.Count];
        var budget = reads.Budget();
        // Entries that write the same resource keep their order: the second of them goes into the second round, and so on.
        var rounds = Enumerable.Range(0, entries.Count).GroupBy(i => Target(entries[i], i), StringComparer.Ordinal).SelectMany(g => g.Select((i, round) => (i, round))).ToLookup(e => e.round, e => e.i);
        foreach (var now in rounds.OrderBy(r => r.Key))
        {
            IReadOnlyDictionary<(string Type, string Id), CurrentRow>? known = null;
            try
            {
                known = await versions.CurrentAsync(caller, [.. now.Where(i => IsUpdate(entries[i])).Select(i => (entries[i].Value.Type, entries[i].Value.Id!))], ct);
            }
            catch (Exception e) when (DatabaseFault.Is(e))
            {
                // Each entry looks for itself, and answers for itself when the database is still away.
            }

            await System.Threading.Tasks.Parallel.ForEachAsync(
                now, new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = ct },
                async (i, token) => replies[i] = await RunOneAsync(caller, entries[i], known, budget, address, token));
        }

        return replies;
    }

    private static bool IsUpdate(Outcome<BundleEntry> entry) => !entry.Failed(out _) && entry.Value is { Method: "PUT", Id: not null };

    private static string Target(Outcome<BundleEntry> entry, int index) =>
        !entry.Failed(out _) && entry.Value is { IsRead: false } write && (write.Id ?? write.Criteria) is { } name ? $"{write.Type.Name}/{name}" : $"{index}";

    // What went before it in the batch may be stored, so an entry that finds the database away fails alone.
    private async Task<Reply> RunOneAsync(
        Caller caller, Outcome<BundleEntry> parsed, IReadOnlyDictionary<(string Type, string Id), CurrentRow>? known, AnswerBudget budget, string address, CancellationToken ct)
    {
        if (parsed.Failed(out var failure))
        {
            return OperationOutcome.Reply(failure);
        }

        try
        {
            var outcome = await InteractAsync(caller, parsed.Value, known, budget, address, ct);
            return outcome.Failed(out failure) ? OperationOutcome.Reply(failure) : outcome.Value;
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            return OperationOutcome.Reply(Failures.OfDatabase(e));
        }
    }

    private async Task<Outcome<Reply>> InteractAsync(
        Caller caller, BundleEntry entry, IReadOnlyDictionary<(string Type, string Id), CurrentRow>? known, AnswerBudget budget, string address, CancellationToken ct)
    {
        return entry.IsRead
            ? await reads.RunAsync(caller, entry, budget, address, ct)
            : await writes.RunAsync(caller, entry, known is null || entry.Id is null ? null : known.GetValueOrDefault((entry.Type.Name, entry.Id)), address, ct);
    }
}
