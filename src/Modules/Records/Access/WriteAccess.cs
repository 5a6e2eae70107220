using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Search;
using Salus.Records.Storage;

namespace Salus.Records.Access;

/// <summary>
/// Decides on every write there is, in front of the commit: what is there must be such as the caller may change, and what comes as well. The version that was looked at is the one
/// that the commit replaces, or the commit is refused; so nothing that happens in between makes a difference.
/// </summary>
internal sealed class WriteAccess(Database database, Catalog catalog, AccessConditions access)
{
    /// <summary>Null, or why the set is not written.</summary>
    public async ValueTask<Failure?> CheckAsync(WriteSet set, CancellationToken ct)
    {
        if (set.Caller.Permit.IsEverything)
        {
            return null;
        }

        foreach (var write in set.Writes)
        {
            if (await CheckAsync(set.Caller, write, ct) is { } refused)
            {
                return refused;
            }
        }

        return null;
    }

    private async ValueTask<Failure?> CheckAsync(Caller caller, PendingWrite write, CancellationToken ct)
    {
        var condition = await access.OfAsync(caller, write.Type.Name, Needed(write), ct);
        if (condition.Failed(out var forbidden))
        {
            return forbidden;
        }

        if (condition.Value.Always)
        {
            return null;
        }

        // What is not at this version any more is refused by the commit. A label is not lowered: who sets it holds back also from those who may read it.
        if (write.Expected > 0 && !await HoldsAsync(caller, write.Type, write.Id, write.Expected, condition.Value, ct, write.Operation == FeedOperation.Delete ? null : write.Index.Belonging.Label))
        {
            return NotThis(write.Type, write.Id, Needed(write));
        }

        return write.Operation == FeedOperation.Delete ? null : condition.Value.Allows(write.Index) switch
        {
            true => null,
            false => new Failure(
                FailureKind.Forbidden, "forbidden",
                $"You may not store this {write.Type.Name}: it is not of a patient whom you may write for, or its label is above what you may give. Nothing of this request was stored."),
            null => new Failure(
                FailureKind.Forbidden, "forbidden",
                $"You may write {write.Type.Name} resources only under criteria, and whether new content meets them cannot be told before it is stored. Ask for a scope without criteria. Nothing of this request was stored."),
        };
    }

    private static Interactions Needed(PendingWrite write) => write.Operation switch
    {
        FeedOperation.Delete => Interactions.Delete,
        FeedOperation.Create => Interactions.Create,
        _ => Interactions.Update,
    };

    /// <summary>Null, or why the caller may do nothing of the kind with what is stored under a name, whatever is there. Asked in front of everything that would tell of it, such as a version.</summary>
    public async ValueTask<Failure?> RefusalAsync(Caller caller, TypeDefinition type, string id, Interactions interaction, CancellationToken ct)
    {
        if (caller.Permit.IsEverything)
        {
            return null;
        }

        var condition = await access.OfAsync(caller, type.Name, interaction, ct);
        return condition.Failed(out var forbidden) ? forbidden
            : condition.Value.Always || await HoldsAsync(caller, type, id, null, condition.Value, ct) ? null : NotThis(type, id, interaction);
    }

    /// <summary>What is current of the entries of a transaction, as the caller may know it: what they may not delete or patch is not there; what they may not replace is refused.</summary>
    /// <param name="named">The name and method of each entry that writes.</param>
    public async ValueTask<Outcome<Dictionary<(string Type, string Id), CurrentRow>>> VisibleAsync(
        Caller caller, IEnumerable<(TypeDefinition Type, string Id, string Method)> named, IReadOnlyDictionary<(string Type, string Id), CurrentRow> rows, CancellationToken ct)
    {
        if (caller.Permit.IsEverything)
        {
            return rows.ToDictionary();
        }

        var visible = rows.ToDictionary();
        foreach (var (type, id, method) in named.Where(n => rows.ContainsKey((n.Type.Name, n.Id))))
        {
            var interaction = method == "DELETE" ? Interactions.Delete : Interactions.Update;
            if (await RefusalAsync(caller, type, id, interaction, ct) is not { } refused)
            {
                continue;
            }

            if (method is not ("DELETE" or "PATCH") || caller.Permit.For(type.Name, interaction) is null)
            {
                return refused;
            }

            visible.Remove((type.Name, id));
        }

        return visible;
    }

    private async ValueTask<bool> HoldsAsync(Caller caller, TypeDefinition type, string id, int? version, AccessCondition condition, CancellationToken ct, Confidentiality? label = null)
    {
        var sql = new SqlText { Selective = true };
        sql.Append(
            $"""
            select count(*) from records.current c where c.tenant = {sql.Add(caller.Tenant.Number)} and c.type = {sql.Add(catalog.Number(type))} and c.id = {sql.Add(id)}
            and ({(version is { } expected ? $"c.version <> {sql.Add(expected)}" : "false")} or ({await condition.ConditionAsync(sql, "c", ct, whole: true)}{(label is { } given ? $" and c.label <= {sql.Add((short)given)}" : "")}))
            """);
        await using var command = sql.ToCommand(database.For(caller.Tenant));
        return (long)(await command.ExecuteScalarAsync(ct))! > 0;
    }

    private static Failure NotThis(TypeDefinition type, string id, Interactions interaction) => new(
        FailureKind.Forbidden, "forbidden", $"You may not {(interaction == Interactions.Delete ? "delete" : "change")} {type.Name}/{id}. Nothing of this request was stored.");
}
