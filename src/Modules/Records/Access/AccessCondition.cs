using Salus.Kernel;
using Salus.Records.Search;
using Salus.Records.Search.Parameters;
using Salus.Records.Storage;

namespace Salus.Records.Access;

/// <summary>
/// What a caller may do with resources of one type, as a condition on rows: of <c>records.current</c>, and of <c>records.log</c> for versions. All layers have to hold, and of
/// each layer one term. Made for one request: what it was looked up from may change.
/// </summary>
/// <param name="layers">Layers that hold back nothing are left out.</param>
internal sealed class AccessCondition(Caller caller, string type, IReadOnlyList<IReadOnlyList<AccessTerm>> layers, AccessWords words) : IRowCondition
{
    // So many patients are looked up by their words in the index; of more, each row that comes otherwise is looked up among them.
    private const int FewPatients = 50;

    /// <summary>Whether nothing is held back: then there is no condition.</summary>
    public bool Always { get; } = layers.Count == 0;

    /// <summary>Whether nothing at all is reached: then no row has to be looked at.</summary>
    public bool Never { get; } = layers.Any(l => l.All(t => t.IsNever));

    /// <summary>Conditions with the same text are the same for a caller: types are put together by it.</summary>
    public string Same { get; } = string.Join(';', layers.Select(l => string.Join(',', l.Select(t => t.AsksCurrent ? type : t.Key))));

    /// <summary>The same for rows that are known to be of a patient: where that one is reached, nobody looks at the others.</summary>
    public AccessCondition Of(string patient) => Always ? this : new AccessCondition(
        caller, type, [.. layers.Select(l => l.Select(t => t.Patients?.Contains(patient) == true ? t with { Patients = new PatientSet([patient]) } : t).ToList())], words);

    /// <inheritdoc/>
    public async ValueTask<string> OfCurrentAsync(SqlText sql, string row, CancellationToken ct) => Always ? "" : $" and {await ConditionAsync(sql, row, ct)}";

    /// <summary>The same without the "and"; <c>true</c> when <see cref="Always"/>.</summary>
    /// <param name="whole">Whether all patients of the row have to be reached and not only one: to change it.</param>
    /// <param name="leads">Whether the statement may begin with it: a search that nothing else narrows. Such a statement finds no deleted resources.</param>
    /// <param name="planned">Whether the statement is planned for its values, whatever is added to it.</param>
    public async ValueTask<string> ConditionAsync(SqlText sql, string row, CancellationToken ct, bool leads = false, bool whole = false, bool planned = false)
    {
        if (Always || Never)
        {
            return Always ? "true" : "false";
        }

        var all = new List<string>();
        foreach (var layer in layers)
        {
            var any = new List<string>();
            foreach (var term in layer.Where(t => !t.IsNever))
            {
                any.Add(await TermAsync(sql, row, term, leads && layer.Count == 1, whole, planned, ct));
            }

            all.Add(any.Count == 1 ? any[0] : $"({string.Join(" or ", any)})");
        }

        return string.Join(" and ", all);
    }

    /// <summary>
    /// The condition on a version: a row of <c>records.log</c>. It goes beside the one on the row of <c>records.current</c>. Criteria and names can be asked of the current version
    /// alone; a term that has some allows no other.
    /// </summary>
    public string OfVersion(SqlText sql, string log, string current)
    {
        if (Always || Never)
        {
            return Always ? "" : " and false";
        }

        var all = layers.Select(layer => layer.Where(t => !t.IsNever && !t.AsksCurrent).Select(t => $"({string.Join(" and ", Columns(sql, log, t, planned: false))})").DefaultIfEmpty("false"));
        return $" and ({log}.position = {current}.position or {string.Join(" and ", all.Select(any => $"({string.Join(" or ", any)})"))})";
    }

    /// <summary>Whether all of it is decided by the columns of a row, so that of a single row that was read by its name it can be decided by <see cref="Holds"/>.</summary>
    public bool ByColumns { get; } = !layers.Any(l => l.Any(t => t.AsksCurrent));

    /// <summary>The same decision as the condition's, where it is <see cref="ByColumns"/>, on what the row holds. Null for what is not known yet, which is not allowed.</summary>
    public bool Holds(Belonging? row) => row is not null && layers.All(layer => layer.Any(t => t.Holds(row)));

    /// <summary>Whether it is allowed by columns alone: a term with criteria or a name in it counts for nothing.</summary>
    public bool Reaches(Belonging row) => layers.All(layer => layer.Any(t => !t.AsksCurrent && t.Holds(row)));

    /// <summary>Whether content that is not stored yet is allowed; null where that cannot be told without storing it, because of criteria.</summary>
    public bool? Allows(IndexEntry entry)
    {
        bool? all = true;
        foreach (var layer in layers)
        {
            bool? any = false;
            foreach (var term in layer.Where(t => t.HoldsAll(entry.Belonging) && (t.Named is null || AccessWords.AnyIn(entry, t.Named))))
            {
                any = term.Criteria.Count == 0 ? true : any is true ? true : null;
            }

            all = any is false || all is false ? false : any is null ? null : all;
        }

        return all;
    }

    private async ValueTask<string> TermAsync(SqlText sql, string row, AccessTerm term, bool leads, bool whole, bool planned, CancellationToken ct)
    {
        var byWords = leads && term.Patients is { Count: <= FewPatients };
        var parts = Columns(sql, row, byWords ? term with { Patients = null } : term, planned);
        if (byWords)
        {
            parts.Insert(0, words.OfPatients(sql, row, type, term.Patients!));
        }

        if (whole && term.Patients is { } all)
        {
            parts.Add($"{row}.patients <@ {sql.Add(all.Ids)}::text[]");
        }

        if (term.Named is { } named)
        {
            parts.Add(ExactWords.Any(sql, row, [.. named.Select(ExactWords.Is)], together: true));
        }

        foreach (var criterion in term.Criteria)
        {
            parts.Add(await words.ConditionAsync(sql, row, caller, criterion, ct));
        }

        return parts.Count == 0 ? "true" : $"({string.Join(" and ", parts)})";
    }

    // The columns "patients" and "label", which both tables have. What is not known yet is null, and not allowed.
    private static List<string> Columns(SqlText sql, string row, AccessTerm term, bool planned)
    {
        var parts = new List<string>();
        if (term.Clearance < Confidentiality.VeryRestricted)
        {
            parts.Add($"{row}.label <= {sql.Add((short)term.Clearance)}");
        }

        if (term.Patients is { } patients)
        {
            parts.Add(AmongPatients.Condition(sql, row, patients, planned));
        }

        if (term.Closed is { } closed)
        {
            parts.Add($"(cardinality({row}.patients) = 0 or not {AmongPatients.Condition(sql, row, closed, planned)})");
        }

        return parts;
    }
}
