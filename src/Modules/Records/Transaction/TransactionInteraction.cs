using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Conditional;
using Salus.Records.Create;
using Salus.Records.Delete;
using Salus.Records.Http;
using Salus.Records.Patch;
using Salus.Records.Read;
using Salus.Records.Storage;
using Salus.Records.Update;

namespace Salus.Records.Transaction;

/// <summary>transaction (http://hl7.org/fhir/R4/http.html#transaction): all entries hold, in one commit, or none does.</summary>
internal sealed class TransactionInteraction(
    ResourceVersions versions, Preparation preparation, ReferenceResolver resolver, ConditionalMatch conditional, PatchInteraction patches,
    PatchedResource patched, WriteAccess access, Committer committer, Turnstile turnstile)
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

        var named = entries.Where(e => !e.IsRead && (e.Id ?? e.StatedId) is not null).Select(e => (e.Type, (e.Id ?? e.StatedId)!)).ToList();
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

        var visible = await access.VisibleAsync(
            caller, entries.Where(e => !e.IsRead && (e.Id ?? e.StatedId) is not null).Select(e => (e.Type, (e.Id ?? e.StatedId)!, e.Method)), await versions.CurrentAsync(caller, named, ct), ct);
        if (visible.Failed(out var hidden))
        {
            return hidden;
        }

        var current = visible.Value;
        var instead = Instead(entries, ids, conditions);
        Fhir.Json.ReferenceMap resolved = text => map(text) is { } name ? instead.GetValueOrDefault(name, name) : null;
        var writes = new PendingWrite?[entries.Count];
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].IsRead || conditions.IsAnswered(i, ids))
            {
                continue;
            }

            var write = await PrepareAsync(caller, entries[i], ids[i], (conditions.Criteria(i), conditions.Found(i)), current, At(entries[i], resolved), ct);
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

            ids[i] = entry.Id ?? entry.StatedId ?? preparation.NewId();
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

    // Null for a deletion of what is not there.
    private async ValueTask<Outcome<PendingWrite?>> PrepareAsync(
        Caller caller, BundleEntry entry, string id, (MatchCriteria? Criteria, ExistingResource? Found) match, IReadOnlyDictionary<(string Type, string Id), CurrentRow> rows,
        Fhir.Json.ReferenceMap map, CancellationToken ct)
    {
        var row = match.Found is { } existing ? new CurrentRow(0, existing.Version, Deleted: false) : rows.GetValueOrDefault((entry.Type.Name, id));
        var isConditional = match.Criteria is { IsCreate: false };
        // What stands at an id that only the sent resource states is not what the condition is about.
        var current = isConditional && match.Found is null ? default : row;
        if (entry.Condition.Check(isConditional ? match.Criteria!.Key : $"{entry.Type.Name}/{id}", current) is { } refused)
        {
            return At(entry, "request", refused);
        }

        switch (entry.Method)
        {
            case "DELETE":
                return current.Version == 0 || current.Deleted ? (PendingWrite?)null : Preparation.Deletion(entry.Type, match.Found?.Id ?? id, current.Version);
            case "PATCH":
                return await PatchAsync(caller, entry, match, map, ct);
            case "PUT" when isConditional:
                var wrong = match.Found is { } found ? ConditionalUpdate.OtherId(match.Criteria!, entry.Resource, found.Id) : ConditionalUpdate.Taken(match.Criteria!, id, row);
                if (wrong is not null)
                {
                    return At(entry, "resource", wrong);
                }

                break;
        }

        var fresh = entry.Id is null && entry.StatedId is null && match.Found is null;
        var write = await preparation.WriteAsync(entry.Resource, caller.Tenant, match.Found?.Id ?? id, row.Version, fresh, map, ct);
        return write.Failed(out var failure) ? failure : write.Value;
    }

    private async ValueTask<Outcome<PendingWrite?>> PatchAsync(
        Caller caller, BundleEntry entry, (MatchCriteria? Criteria, ExistingResource? Found) match, Fhir.Json.ReferenceMap map, CancellationToken ct)
    {
        var current = match switch
        {
            (_, { } found) => found,
            ({ } criteria, null) => ConditionalPatch.Nothing(criteria),
            _ => await patches.CurrentAsync(caller, entry.Type, entry.Id!, entry.Condition, ct),
        };
        if (current.Failed(out var failure))
        {
            return At(entry, "request", failure);
        }

        var result = await patched.ApplyAsync(caller, entry.Patch!, current.Value.Body, ct);
        if (result.Failed(out failure))
        {
            return At(entry, "resource", failure);
        }

        var write = await preparation.WriteAsync(result.Value.Root, caller.Tenant, current.Value.Id, current.Value.Version, fresh: false, map, ct);
        return write.Failed(out failure) ? failure : write.Value;
    }

    private static Failure At(BundleEntry entry, string part, Failure failure) =>
        failure with { Problems = [.. failure.Problems.Select(p => p with { Path = p.Path is null || part == "request" ? $"{entry.Path}.{part}" : $"{entry.Path}.{part}: {p.Path}" })] };

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
                (_, null) when conditions.IsAnswered(i, ids) => conditions.Reply(i, replies),
                (_, null) => DeleteInteraction.Nothing(entries[i].Url),
                (_, { Operation: FeedOperation.Delete } write) => DeleteInteraction.Deleted(write, committed[next++]),
                (_, { } write) => CreateInteraction.Stored(IsNew(write) ? 201 : 200, write, committed[next++]),
            };
        }

        return replies;

        // What was deleted is created anew, though its versions go on.
        bool IsNew(PendingWrite write) => write.Operation == FeedOperation.Create || before.GetValueOrDefault((write.Type.Name, write.Id)).Deleted;
    }
}
