using System.Globalization;

namespace Salus.Records.Import;

/// <summary>Asks the search for what was acknowledged.</summary>
internal sealed class Verification(IImportTarget target, TimeProvider time)
{
    // The server's clock may be behind ours.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    // 100 ids of 64 characters stay below the 8 KB that servers allow for a request line.
    private const int IdsPerSearch = 100;

    private volatile string? unanswered;

    /// <summary>Why a question had no answer.</summary>
    public string Unanswered => unanswered ?? "It cannot be asked whether what was stored is found: the server does not answer. Start the import again when it does.";

    /// <summary>Counts as searchable what is found, and lists what is not.</summary>
    /// <param name="stop">Ends waiting for a target that is away.</param>
    /// <returns>Null, or why the target cannot be asked.</returns>
    public async Task<string?> RunAsync(IReadOnlyList<(WorkEntry Entry, string Id)> stored, ItemResult result, CancellationToken stop)
    {
        if (stored.Count > 0 && await target.HasAllAsync([.. stored.Select(s => (s.Entry.Type, s.Id)).Distinct()]))
        {
            foreach (var (entry, _) in stored)
            {
                result.Add(entry.Type, 0, 0, 1);
            }

            return null;
        }

        foreach (var type in stored.GroupBy(s => s.Entry.Type, StringComparer.Ordinal))
        {
            foreach (var chunk in type.Chunk(IdsPerSearch))
            {
                var ids = chunk.Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
                if (await FoundAsync(type.Key, ids, stop) is not { } found)
                {
                    return Unanswered;
                }

                foreach (var (entry, id) in chunk)
                {
                    if (found.Contains(id))
                    {
                        result.Add(entry.Type, 0, 0, 1);
                    }
                    else
                    {
                        result.Rejected.Add(new ImportRejection(
                            entry.File, entry.Line, entry.Entry, entry.Type, id, "It was stored, but a search for its id does not find it.", 1));
                    }
                }
            }
        }

        return null;
    }

    /// <summary>Which of these ids a search finds; null when the target cannot be asked.</summary>
    public async Task<IReadOnlySet<string>?> FoundAsync(string type, IReadOnlySet<string> ids, CancellationToken stop)
    {
        var all = await AskAsync(type, stop, ("_id", string.Join(',', ids)));
        if (all.Away || all.Count == ids.Count)
        {
            return all.Away ? null : ids;
        }

        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in ids)
        {
            var one = await AskAsync(type, stop, ("_id", id));
            if (one.Away)
            {
                return null;
            }

            if (one.Count == 1)
            {
                found.Add(id);
            }
        }

        return found;
    }

    /// <summary>
    /// Whether a transaction that was sent at or after <paramref name="since"/>, and whose answer never arrived, is in the record: all of its resources
    /// bear the same time, which no other commit bears.
    /// </summary>
    /// <returns>Null while the target cannot be asked.</returns>
    public async Task<bool?> IsStoredAsync(WorkItem item, DateTimeOffset since, CancellationToken stop)
    {
        if (!item.Atomic || item.Traces.Count == 0)
        {
            return false;
        }

        var (type, token) = item.Traces[0];
        var from = (since - ClockSkew).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var answer = await target.SearchAsync(type, [new("identifier", token), new("_lastUpdated", $"ge{from}"), new("_count", "50")], CancellationToken.None);
        if (answer.Status != 200)
        {
            return null;
        }

        foreach (var stamp in BundleAnswer.Stamps(answer.Body))
        {
            if (await HasAllAsync(item, stamp, stop) is not false and var known)
            {
                return known;
            }
        }

        return false;
    }

    private async Task<bool?> HasAllAsync(WorkItem item, string stamp, CancellationToken stop)
    {
        foreach (var (type, token) in item.Traces)
        {
            if (await CountAsync(type, stop, ("identifier", token), ("_lastUpdated", stamp)) is var count and not > 0)
            {
                return count is null ? null : false;
            }
        }

        foreach (var type in item.Entries.Where(e => e.IsResource).GroupBy(e => e.Type, StringComparer.Ordinal))
        {
            if (await CountAsync(type.Key, stop, ("_lastUpdated", stamp)) is var count && !(count >= type.Count()))
            {
                return count is null ? null : false;
            }
        }

        return true;
    }

    private async Task<long?> CountAsync(string type, CancellationToken stop, params (string Name, string Value)[] query) => (await AskAsync(type, stop, query)).Count;

    // Away: there was no answer. Without being away, no count means that the question was refused.
    private async Task<(long? Count, bool Away)> AskAsync(string type, CancellationToken stop, params (string Name, string Value)[] query)
    {
        var parameters = query.Select(q => new KeyValuePair<string, string>(q.Name, q.Value)).Append(new("_summary", "count")).ToList();
        for (var attempt = 1; ; attempt++)
        {
            var answer = await target.SearchAsync(type, parameters, CancellationToken.None);
            if (answer.Status is not (503 or 429) || attempt == Patience.Attempts || answer.Lost || stop.IsCancellationRequested)
            {
                unanswered = answer.Lost ? answer.Message : unanswered;
                return answer.Status == 200 ? (BundleAnswer.Total(answer.Body), false) : (null, answer.Status is 503 or 429);
            }

            await Task.Delay(Patience.Pause(answer.RetryAfter, attempt), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
