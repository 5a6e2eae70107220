using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Compartment;
using Salus.Records.Read;
using Salus.Records.Sealing;
using Salus.Records.Search;
using Salus.Records.Search.Parameters;
using Salus.Records.Storage;

namespace Salus.Records.Views;

/// <summary>The stored resources that a view runs over, page by page in the order of their keys: each page is a search in its turn, and no more than one is in memory.</summary>
internal sealed class ViewSource(Database database, Catalog catalog, SearchParameterSet parameters, ResourceVersions versions, SearchGate gate, AccessConditions access, FhirDefinitions definitions)
{
    private const int PageSize = 500;
    private const int MostMembers = 10_000;

    /// <summary>The conditions of a request on resources of a type: nothing when there are none; fails when a patient or group is not there.</summary>
    public async Task<Outcome<ViewFilter>> FilterAsync(Caller caller, ViewRunRequest request, TypeDefinition type, CancellationToken ct)
    {
        if (request.Patients.Count + request.Groups.Count == 0)
        {
            return new ViewFilter(request.Since, null);
        }

        var patients = new HashSet<string>(request.Patients, StringComparer.Ordinal);
        foreach (var patient in request.Patients)
        {
            var found = await versions.ReadAsync(caller, definitions.Type("Patient")!, patient, ct);
            if (found.Failed(out var missing))
            {
                return missing;
            }
        }

        foreach (var group in request.Groups)
        {
            var found = await versions.ReadAsync(caller, definitions.Type("Group")!, group, ct);
            if (found.Failed(out var missing))
            {
                return missing;
            }

            ResourceReader.TryRead(found.Value.Body, definitions, out var document, out _);
            patients.UnionWith(GroupMembers.Of(document!.Root));
        }

        return patients.Count > MostMembers
            ? new Failure(FailureKind.TooCostly, "too-costly", $"The groups have {patients.Count} patients; $run takes {MostMembers}. Run the view for the whole record, and join.", "group")
            : InCompartment(type) || type.Name == "Patient"
                ? new ViewFilter(request.Since, [.. patients])
                : new Failure(FailureKind.Invalid, "not-supported", $"A {type.Name} is in no patient's compartment, so it cannot be restricted to patients. Leave patient and group out.", "patient");
    }

    /// <summary>The resources after a key; fewer than a page at the end.</summary>
    public async Task<Outcome<IReadOnlyList<(long Key, ResourceDocument Document)>>> PageAsync(Caller caller, TypeDefinition type, ViewFilter filter, long after, CancellationToken ct) =>
        await gate.RunAsync<IReadOnlyList<(long, ResourceDocument)>>(
            SearchCost.Costly, async () => await ReadAsync(caller, type, filter, after, ct) is var page && page.Failed(out var failure) ? failure : page.Value, ct);

    public static bool IsLast(IReadOnlyList<(long Key, ResourceDocument Document)> page) => page.Count < PageSize;

    private async Task<Outcome<List<(long, ResourceDocument)>>> ReadAsync(Caller caller, TypeDefinition type, ViewFilter filter, long after, CancellationToken ct)
    {
        var allowed = await access.OfAsync(caller, type.Name, Interactions.Search, ct);
        if (allowed.Failed(out var forbidden))
        {
            return forbidden;
        }

        var sql = new SqlText();
        sql.Append(
            $"""
            select c.key, l.body, c.id from records.current c join records.log l on l.position = c.position
            where c.tenant = {sql.Add(caller.Tenant.Number)} and c.type = {sql.Add(catalog.Number(type))} and not c.deleted and c.key > {sql.Add(after)}
            """);
        sql.Append(await allowed.Value.OfCurrentAsync(sql, "c", ct));
        if (filter.Since is { } since)
        {
            sql.Append($" and c.at > {sql.Add(since.UtcDateTime)}");
        }

        if (filter.Patients is { } patients)
        {
            sql.Append(" and ").Append(Of(type, patients, sql));
        }

        await using var command = sql.Append($" order by c.key limit {PageSize}").ToCommand(database.For(caller.Tenant));
        await using var reader = await command.ExecuteReaderAsync(ct);
        var page = new List<(long, ResourceDocument)>(PageSize);
        while (await reader.ReadAsync(ct))
        {
            page.Add((reader.GetInt64(0), ResourceRows.Read(reader.Body(1, catalog, caller.Tenant, type.Name, reader.GetString(2)), definitions)));
        }

        return page;
    }

    private bool InCompartment(TypeDefinition type) => definitions.PatientCompartment.ContainsKey(type.Name);

    private string Of(TypeDefinition type, IReadOnlyList<string> patients, SqlText sql)
    {
        if (type.Name == "Patient")
        {
            return $"c.id = any({sql.Add(patients.ToArray())})";
        }

        var patient = -catalog.Number("Patient");
        var words = from code in definitions.PatientCompartment[type.Name]
                    let parameter = parameters.Find(type.Name, code)
                    where parameter is not null
                    from id in patients
                    select ExactWords.Is(Lexeme.Of(catalog.Number(parameter), id, patient));
        var all = words.ToList();
        return all.Count == 0 ? "false" : ExactWords.Any(sql, "c", all);
    }
}

/// <summary>Which resources a run is restricted to.</summary>
/// <param name="Since">Changed after this moment; null for all.</param>
/// <param name="Patients">In the compartments of these patients; null for all.</param>
internal sealed record ViewFilter(DateTimeOffset? Since, IReadOnlyList<string>? Patients);
