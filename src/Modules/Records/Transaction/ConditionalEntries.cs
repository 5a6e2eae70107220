using Salus.Kernel;
using Salus.Records.Create;
using Salus.Records.Http;
using Salus.Records.Storage;

namespace Salus.Records.Transaction;

/// <summary>
/// The conditional creates of one transaction. Their conditions see the record as it was before the transaction; two entries with the same condition mean
/// the same resource, which the first of them creates.
/// </summary>
internal sealed class ConditionalEntries
{
    // At the commit they may all have to be asked again, while every other writer waits.
    private const int MaxConditions = 1000;

    private readonly ConditionalCreate conditional;
    private readonly Caller caller;
    private readonly List<NoneExist> conditions = [];
    private readonly Dictionary<string, (int Condition, int Entry)> first = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> conditionOf = [];
    private NoneExistLook? look;

    private ConditionalEntries(ConditionalCreate conditional, Caller caller)
    {
        this.conditional = conditional;
        this.caller = caller;
    }

    public static Outcome<ConditionalEntries> Parse(ConditionalCreate conditional, Caller caller, IReadOnlyList<BundleEntry> entries, string address)
    {
        var all = new ConditionalEntries(conditional, caller);
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].NoneExist is not { } query)
            {
                continue;
            }

            var parsed = conditional.Parse(entries[i].Type, query, address, entries[i].NoneExistPath);
            if (parsed.Failed(out var failure))
            {
                return failure;
            }

            if (all.first.TryAdd(parsed.Value.Key, (all.conditions.Count, i)))
            {
                all.conditions.Add(parsed.Value);
            }

            all.conditionOf[i] = all.first[parsed.Value.Key].Condition;
        }

        return all.conditions.Count <= MaxConditions ? all : new Failure(
            FailureKind.TooCostly, "too-costly", $"The transaction has {all.conditions.Count} conditional creates; {MaxConditions} are taken. Send it in parts.", "Bundle.entry");
    }

    /// <summary>Looks, or looks again after a look that was overtaken; null, or why it failed.</summary>
    public async Task<Failure?> LookAsync(IReadOnlyList<BundleEntry> entries, CancellationToken ct)
    {
        if (conditions.Count == 0)
        {
            return null;
        }

        var looked = await conditional.LookAsync(caller, conditions, look, ct);
        if (looked.Failed(out var failure))
        {
            return failure;
        }

        look = looked.Value;
        return Overlap(entries);
    }

    /// <summary>What an entry means instead of a resource of its own: an existing one, or the one of an earlier entry; null when it writes.</summary>
    public string? Instead(int entry, IReadOnlyList<string> ids) => !conditionOf.TryGetValue(entry, out var index)
        ? null
        : look!.Found[index] is { } existing
            ? $"{conditions[index].Type.Name}/{existing.Id}"
            : first[conditions[index].Key].Entry is var creator && creator != entry ? $"{conditions[index].Type.Name}/{ids[creator]}" : null;

    /// <summary>The answer of an entry that does not write.</summary>
    public Reply Reply(int entry, IReadOnlyList<Reply?> before) =>
        look!.Found[conditionOf[entry]] is { } existing
            ? ConditionalCreate.Existing(conditions[conditionOf[entry]], existing)
            : before[first[conditions[conditionOf[entry]].Key].Entry]! with { Status = 200 };

    /// <summary>What the commit has to check.</summary>
    public IReadOnlyList<WriteCondition> ToCheck() => [.. conditions.Select((c, i) => conditional.Condition(caller, c, look!, i))];

    // http://hl7.org/fhir/R4/http.html#trules: a transaction in which two entries resolve to one identity fails.
    private Failure? Overlap(IReadOnlyList<BundleEntry> entries)
    {
        var found = new HashSet<string>(conditions.Select((c, i) => (c.Type.Name, look!.Found[i]?.Id)).Where(f => f.Id is not null).Select(f => $"{f.Name}/{f.Id}"), StringComparer.Ordinal);
        var twice = entries.FirstOrDefault(e => e is { IsRead: false, Id: not null } && found.Contains($"{e.Type.Name}/{e.Id}"));
        return twice is null ? null : new Failure(
            FailureKind.Invalid, "duplicate", $"{twice.Type.Name}/{twice.Id} is what an ifNoneExist of this transaction found, and this entry writes it. Send the two in separate requests.", $"{twice.Path}.request.url");
    }
}
