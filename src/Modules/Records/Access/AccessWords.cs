using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Compartment;
using Salus.Records.Search;
using Salus.Records.Search.Parameters;
using Salus.Records.Storage;

namespace Salus.Records.Access;

/// <summary>What an access condition asks of the index of the current version: patients, persons, criteria.</summary>
internal sealed class AccessWords(SearchParameterSet parameters, Catalog catalog, CompartmentSet compartments, Lazy<Conditions> conditions)
{
    // Far from the levels of links, whose aliases stand beside these.
    private const int Level = 20;

    /// <summary>The number of a resource type.</summary>
    public short Number(string type) => catalog.Number(type);

    /// <summary>Resources of a type in the compartments of these patients, by the words of the references that put them there.</summary>
    public string OfPatients(SqlText sql, string row, string type, PatientSet patients)
    {
        var patient = parameters.Definitions.Resource("Patient")!;
        var terms = patients.Ids.SelectMany(id => compartments.Terms(patient, id, type)).ToList();
        var among = terms.Count == 0 ? "false" : ExactWords.Any(sql, row, terms, together: true);
        return type == "Patient" ? $"({row}.id = any({sql.Add(patients.Ids)}) or {among})" : among;
    }

    /// <summary>The words by which a resource of a type names a person: all its references.</summary>
    public IReadOnlyList<string> Naming(string type, string person)
    {
        return PersonName.Parse(person) is { } name && catalog.Number(name.Type) is var number and not 0
            ? [.. References(type).Select(p => Lexeme.Of(catalog.Number(p), name.Id, -number))]
            : [];
    }

    /// <summary>Whether content that is not stored yet has one of these words.</summary>
    public static bool AnyIn(IndexEntry entry, IReadOnlyList<string> lexemes) => entry.Exact.Split(Lexeme.Between).Intersect(lexemes, StringComparer.Ordinal).Any();

    /// <summary>A criterion of a grant as a condition on a row. It is asked of the whole record: a grant may look where its holder may not.</summary>
    public async ValueTask<string> ConditionAsync(SqlText sql, string row, Caller caller, Criterion criterion, CancellationToken ct)
    {
        var (selective, few) = (sql.Selective, sql.Few);
        var all = Caller.System with { Tenant = caller.Tenant };
        var condition = await conditions.Value.OfAsync(new Row(sql, all, "", All: true, Level) { OneByOne = true, Compared = true, Alias = row }, criterion, ct);
        (sql.Selective, sql.Few) = (selective, few);
        // What cannot be asked any more, such as by a parameter that was removed, allows nothing.
        return condition.Failed(out _) ? "false" : $"({condition.Value})";
    }

    private IEnumerable<ResourceParameter> References(string type) => parameters.For(type).Values.Where(p => p.Type == SearchType.Reference && CriterionParser.IsIndexed(p));
}

/// <summary>A person of the record: <c>Practitioner/1</c>.</summary>
internal readonly record struct PersonName(string Type, string Id)
{
    /// <summary>Null for what is no reference of this form.</summary>
    public static PersonName? Parse(string? reference) => reference?.Split('/') is [{ Length: > 0 } type, { Length: > 0 } id] ? new PersonName(type, id) : null;

    public override string ToString() => $"{Type}/{Id}";
}
