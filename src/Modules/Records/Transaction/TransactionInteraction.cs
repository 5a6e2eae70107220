using Salus.Kernel;
using Salus.Records.Create;
using Salus.Records.Http;
using Salus.Records.Read;
using Salus.Records.Storage;

namespace Salus.Records.Transaction;

/// <summary>transaction (http://hl7.org/fhir/R4/http.html#transaction): all entries hold, in one commit, or none does.</summary>
internal sealed class TransactionInteraction(
    ResourceVersions versions, Preparation preparation, ReferenceResolver resolver, ConditionalCreate conditional, Committer committer, Turnstile turnstile)
{
    /// <summary>Writes the entries; the replies are in their order, null for reads, which the caller runs afterwards.</summary>
    public async Task<Outcome<Reply?[]>> RunAsync(Caller caller, IReadOnlyList<BundleEntry> entries, string address, CancellationToken ct)
    {
        var ids = new string[entries.Count];
        var names = Name(entries, ids);
        if (names.Failed(out var failure))
        {
            return failure;
        }

        var conditions = ConditionalEntries.Parse(conditional, caller, entries, address);
        if (conditions.Failed(out failure))
        {
            return failure;
        }

        var map = await resolver.ResolveAsync(caller, entries, names.Value, ct);
        if (map.Failed(out failure))
        {
            return failure;
        }

        var named = entries.Where(e => e is { IsRead: false, Id: not null }).Select(e => (e.Type, e.Id!)).ToList();
        return await turnstile.RunAsync("transaction", () => TryAsync(caller, entries, ids, named, conditions.Value, map.Value, ct), ct);
    }

    private async Task<Outcome<Reply?[]>> TryAsync(
        Caller caller, IReadOnlyList<BundleEntry> entries, string[] ids, List<(Fhir.Definitions.TypeDefinition, string)> named, ConditionalEntries conditions,
        Fhir.Json.ReferenceMap map, CancellationToken ct)
    {
        if (await conditions.LookAsync(entries, ct) is { } unclear)
        {
            return unclear;
        }

        var current = await versions.CurrentAsync(caller, named, ct);
        var instead = Instead(entries, ids, conditions);
        Fhir.Json.ReferenceMap resolved = text => map(text) is { } name ? instead.GetValueOrDefault(name, name) : null;
        var writes = new PendingWrite?[entries.Count];
        for (var i = 0; i < entries.Count; i++)
        {
            if (conditions.Instead(i, ids) is not null)
            {
                continue;
            }

            var write = await PrepareAsync(entries[i], ids[i], current, At(entries[i], resolved), ct);
            if (write.Failed(out var refused))
            {
                return refused;
            }

            writes[i] = write.Value;
        }

        var outcome = await committer.CommitAsync(new WriteSet(caller, [.. writes.OfType<PendingWrite>()]) { Conditions = conditions.ToCheck() }, ct);
        return outcome.Failed(out var failure) ? failure : Replies(entries, ids, writes, outcome.Value, current, conditions);
    }

    // Name that an entry would have got → name of what it means.
    private static Dictionary<string, string> Instead(IReadOnlyList<BundleEntry> entries, string[] ids, ConditionalEntries conditions)
    {
        var instead = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < entries.Count; i++)
        {
            if (conditions.Instead(i, ids) is { } other)
            {
                instead.Add($"{entries[i].Type.Name}/{ids[i]}", other);
            }
        }

        return instead;
    }

    // http://hl7.org/fhir/R4/bundle.html#references: in an entry from http://elsewhere/fhir/Observation/5, Patient/77 is http://elsewhere/fhir/Patient/77
    // when the bundle has that entry; the id may belong to somebody else here.
    private static Fhir.Json.ReferenceMap At(BundleEntry entry, Fhir.Json.ReferenceMap map)
    {
        if (entry.FullUrl is not { } url || !url.StartsWith("http", StringComparison.Ordinal) || url.LastIndexOf($"/{entry.Type.Name}/", StringComparison.Ordinal) is not (> 0 and var end))
        {
            return map;
        }

        var start = url[..(end + 1)];
        return text => map(text) ?? (text.Contains(':', StringComparison.Ordinal) ? null : map(start + text));
    }

    private Outcome<Dictionary<string, string>> Name(IReadOnlyList<BundleEntry> entries, string[] ids)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var written = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (entry.IsRead)
            {
                continue;
            }

            ids[i] = entry.Id ?? preparation.NewId();
            var name = $"{entry.Type.Name}/{ids[i]}";
            if (!written.Add(name))
            {
                return new Failure(FailureKind.Invalid, "duplicate", $"{name} is written twice by this transaction; it can be written once.", $"{entry.Path}.request.url");
            }

            if (entry.FullUrl is { } url && !names.TryAdd(url, name))
            {
                return new Failure(FailureKind.Invalid, "duplicate", $"The fullUrl '{url}' stands at two entries, so references to it are ambiguous.", $"{entry.Path}.fullUrl");
            }
        }

        return names;
    }

    private async ValueTask<Outcome<PendingWrite?>> PrepareAsync(
        BundleEntry entry, string id, IReadOnlyDictionary<(string Type, string Id), CurrentRow> rows, Fhir.Json.ReferenceMap map, CancellationToken ct)
    {
        if (entry.IsRead)
        {
            return (PendingWrite?)null;
        }

        var current = entry.Id is null ? default : rows.GetValueOrDefault((entry.Type.Name, entry.Id));
        if (entry.Condition.Check(entry.Type, id, current) is { } refused)
        {
            return new Failure(refused.Kind, [.. refused.Problems.Select(p => p with { Path = $"{entry.Path}.request" })]);
        }

        if (entry.Method == "DELETE")
        {
            return current.Version == 0 || current.Deleted ? (PendingWrite?)null : Preparation.Deletion(entry.Type, id, current.Version);
        }

        var write = await preparation.WriteAsync(entry.Resource, id, current.Version, fresh: entry.Id is null, map, ct);
        return write.Failed(out var failure) ? failure : write.Value;
    }

    private static Reply?[] Replies(
        IReadOnlyList<BundleEntry> entries, string[] ids, PendingWrite?[] writes, Committed[] committed, IReadOnlyDictionary<(string Type, string Id), CurrentRow> before,
        ConditionalEntries conditions)
    {
        var replies = new Reply?[entries.Count];
        var next = 0;
        for (var i = 0; i < replies.Length; i++)
        {
            replies[i] = (entries[i].IsRead, writes[i]) switch
            {
                (true, _) => null,
                (_, null) when conditions.Instead(i, ids) is not null => conditions.Reply(i, replies),
                (_, null) => new Reply(204),
                (_, { Operation: FeedOperation.Delete }) => new Reply(204) { Version = committed[next].Version, LastModified = committed[next++].At },
                (_, { } write) => CreateInteraction.Stored(IsNew(write) ? 201 : 200, write, committed[next++]),
            };
        }

        return replies;

        // What was deleted is created anew, though its versions go on.
        bool IsNew(PendingWrite write) => write.Operation == FeedOperation.Create || before.GetValueOrDefault((write.Type.Name, write.Id)).Deleted;
    }
}
