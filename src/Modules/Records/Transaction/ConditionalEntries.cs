using Salus.Kernel;
using Salus.Records.Conditional;
using Salus.Records.Delete;
using Salus.Records.Patch;
using Salus.Records.Http;
using Salus.Records.Storage;

namespace Salus.Records.Transaction;

/// <summary>
/// The conditional writes of one transaction. Their conditions see the record as it was before the transaction; two creates with the same condition mean
/// the same resource, which the first of them creates.
/// </summary>
internal sealed class ConditionalEntries
{
    // At the commit they may all have to be asked again, while every other writer waits.
    private const int MaxConditions = 1000;

    private readonly ConditionalMatch conditional;
    private readonly Caller caller;
    private readonly List<MatchCriteria> conditions = [];
    private readonly Dictionary<string, (int Condition, int Entry)> first = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> conditionOf = [];
    private MatchLook? look;

    private ConditionalEntries(ConditionalMatch conditional, Caller caller)
    {
        this.conditional = conditional;
        this.caller = caller;
    }

    public static Outcome<ConditionalEntries> Parse(ConditionalMatch conditional, Caller caller, IReadOnlyList<BundleEntry> entries, string address)
    {
        var all = new ConditionalEntries(conditional, caller);
        for (var i = 0; i < entries.Count; i++)
        {
            if ((entries[i].NoneExist ?? entries[i].Criteria) is not { } query)
            {
                continue;
            }

            var parsed = conditional.Parse(entries[i].Type, query, address, entries[i].NoneExist is null ? entries[i].CriteriaPath : entries[i].NoneExistPath);
            if (parsed.Failed(out var failure))
            {
                return failure;
            }

            if (all.first.TryAdd(parsed.Value.Key, (all.conditions.Count, i)))
            {
                all.conditions.Add(parsed.Value);
            }
            else if (entries[i].Criteria is not null || entries[all.first[parsed.Value.Key].Entry].Criteria is not null)
            {
                return new Failure(
                    FailureKind.Invalid, "duplicate", $"'{parsed.Value.Key}' stands at two entries, so they write one resource. Send the two in separate requests.", $"{entries[i].Path}.request");
            }

            all.conditionOf[i] = all.first[parsed.Value.Key].Condition;
        }

        return all.conditions.Count <= MaxConditions ? all : new Failure(
            FailureKind.TooCostly, "too-costly", $"The transaction has {all.conditions.Count} conditions; {MaxConditions} are taken. Send it in parts.", "Bundle.entry");
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

    /// <summary>What the criteria of an entry are; null when it has none.</summary>
    public MatchCriteria? Criteria(int entry) => conditionOf.TryGetValue(entry, out var index) ? conditions[index] : null;

    /// <summary>The existing resource that the criteria of an entry found; null for none.</summary>
    public ExistingResource? Found(int entry) => conditionOf.TryGetValue(entry, out var index) ? look!.Found[index] : null;

    /// <summary>True for a create that writes nothing, because its resource is there or an earlier entry creates it.</summary>
    public bool IsAnswered(int entry, IReadOnlyList<string> ids) => conditionOf.TryGetValue(entry, out var index) && conditions[index].IsCreate && Instead(entry, ids) is not null;

    /// <summary>What an entry means instead of a resource with the id that it was given: an existing one, or the one of an earlier entry; null for none.</summary>
    public string? Instead(int entry, IReadOnlyList<string> ids) => !conditionOf.TryGetValue(entry, out var index)
        ? null
        : look!.Found[index] is { } existing
            ? $"{conditions[index].Type.Name}/{existing.Id}"
            : first[conditions[index].Key].Entry is var creator && creator != entry ? $"{conditions[index].Type.Name}/{ids[creator]}" : null;

    /// <summary>The answer of an entry that does not write.</summary>
    public Reply Reply(int entry, IReadOnlyList<Reply?> before) =>
        look!.Found[conditionOf[entry]] is { } existing
            ? ConditionalMatch.Existing(conditions[conditionOf[entry]], existing)
            : before[first[conditions[conditionOf[entry]].Key].Entry]! with { Status = 200 };

    /// <summary>What the commit has to check.</summary>
    public IReadOnlyList<WriteCondition> ToCheck() => [.. conditions.Select((c, i) => conditional.Condition(caller, c, look!, i))];

    // http://hl7.org/fhir/R4/http.html#trules: a transaction in which two entries resolve to one identity fails.
    private Failure? Overlap(IReadOnlyList<BundleEntry> entries)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var written = new HashSet<string>(entries.Where(e => e is { IsRead: false, Id: not null }).Select(e => $"{e.Type.Name}/{e.Id}"), StringComparer.Ordinal);
        foreach (var (index, existing) in look!.Found.Index().Where(f => f.Item is not null))
        {
            var name = $"{conditions[index].Type.Name}/{existing!.Id}";
            var twice = conditions[index].IsCreate ? found.Add(name) && written.Contains(name) : !written.Add(name) || found.Contains(name);
            if (twice)
            {
                var other = entries.FirstOrDefault(e => e is { IsRead: false } && $"{e.Type.Name}/{e.Id}" == name);
                return new Failure(
                    FailureKind.Invalid, "duplicate",
                    $"'{conditions[index].Key}' at {conditions[index].Place} finds {name}, which another entry of this transaction writes or finds. Send the two in separate requests.",
                    other?.CriteriaPath ?? conditions[index].Place);
            }
        }

        return null;
    }
}
