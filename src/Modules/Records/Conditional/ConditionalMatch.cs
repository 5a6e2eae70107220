using Microsoft.Extensions.Options;
using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Sealing;
using Salus.Records.Search;
using Salus.Records.Search.Parameters;
using Salus.Records.Storage;

namespace Salus.Records.Conditional;

/// <summary>
/// What conditional writes share (http://hl7.org/fhir/R4/http.html#ccreate, #cond-update, #3.1.0.7.1): looks what matches, outside of any lock. That it still is
/// so is checked at the commit (<see cref="ConditionCheck"/>); a look that was overtaken is repeated.
/// </summary>
internal sealed class ConditionalMatch(Database database, SearchParser parser, SearchSql plan, SearchGate gate, Catalog catalog, IOptions<RecordsOptions> options)
{
    // At the commit a condition is asked again, while every other writer waits.
    private const int MaxCriteria = 16;
    private const int MaxValues = 100;

    /// <summary>Reads the criteria. Unknown parameters are refused even with <c>handling=lenient</c>: leaving one out would find another resource.</summary>
    /// <param name="query">As in a URL after the question mark; a question mark or <c>Type?</c> in front is taken too.</param>
    /// <param name="place">The header or element, for messages.</param>
    public Outcome<MatchCriteria> Parse(TypeDefinition type, string query, string address, string place)
    {
        query = query.Trim();
        query = query.StartsWith($"{type.Name}?", StringComparison.Ordinal) ? query[(type.Name.Length + 1)..] : query.TrimStart('?');
        var criteria = QueryText.Pairs(query);
        if (criteria.Count == 0)
        {
            return new Failure(FailureKind.Invalid, "required", $"{place} is empty; it takes search criteria such as identifier=http://hospital.example/mrn|123.", place);
        }

        if (criteria.Find(p => Refusal(p) is not null) is { Key: not null } wrong)
        {
            return new Failure(FailureKind.NotSupported, "not-supported", $"'{wrong.Key}={wrong.Value}': {Refusal(wrong)}", place);
        }

        var request = parser.Parse(type.Name, criteria, lenient: false);
        if (request.Failed(out var failure))
        {
            return MatchCriteria.At(place, failure);
        }

        if (request.Value.Criteria.Count > MaxCriteria || request.Value.Criteria.Sum(c => c.Values.Count) > MaxValues)
        {
            return new Failure(FailureKind.TooCostly, "too-costly", $"{place} takes at most {MaxCriteria} parameters and {MaxValues} values.", place);
        }

        if (request.Value.Criteria.Find(c => (c.Parameter is null or { Type: SearchType.Date }) && c.Name != "_id" && c.Values.Any(v => v.StartsWith("ap", StringComparison.Ordinal))) is { } moving)
        {
            return new Failure(FailureKind.NotSupported, "not-supported", $"'ap' of the date {moving.Name} means something else at each moment, so it cannot be a condition.", place);
        }

        if (request.Value.Criteria.SelectMany(c => c.Leaves).FirstOrDefault(CodeExpansion.Concerns) is { } named)
        {
            return new Failure(
                FailureKind.NotSupported, "not-supported", $"A condition is decided by the resource itself; '{named.Name}:{named.Modifier}' asks terminology, which may change meanwhile. Name the codes.", place);
        }

        request.Value.Address = address;
        return new MatchCriteria(type, query, place, request.Value);
    }

    /// <summary>Looks for matches, all at one time in the searches' turn. Fails when a condition has more than it may have.</summary>
    /// <param name="before">An earlier look at the same conditions that was overtaken: where it found nothing, only what changed since can match.</param>
    public async Task<Outcome<MatchLook>> LookAsync(Caller caller, IReadOnlyList<MatchCriteria> conditions, MatchLook? before, CancellationToken ct)
    {
        foreach (var condition in conditions)
        {
            await LearnSystemsAsync(condition, ct);
        }

        return await gate.RunAsync(SearchCosts.Of(conditions.Select(c => c.Request)), () => FindAsync(caller, conditions, before, ct), ct);
    }

    /// <summary>What the commit has to check for a write that rests on this look.</summary>
    public WriteCondition Condition(Caller caller, MatchCriteria condition, MatchLook look, int index) => new(
        condition.Type, condition.Key, look.Head.Position, look.Head.Position == 0 ? null : look.Head.At,
        look.Found[index] is { } existing ? (existing.Id, existing.Version) : null,
        async (after, count) => (await plan.PageAsync(caller, condition.Changed(after, count), CancellationToken.None)).Value.ToBatchCommand())
    {
        Identifiers = Identifiers(caller, condition),
    };

    /// <summary>The answer of a create where the resource was there already.</summary>
    public static Reply Existing(MatchCriteria condition, ExistingResource existing) => new(200)
    {
        Body = existing.Body,
        Patients = existing.Patients,
        Version = existing.Version,
        LastModified = existing.At,
        Location = $"{condition.Type.Name}/{existing.Id}/_history/{existing.Version}",
        Note = $"{condition.Type.Name}/{existing.Id} matches '{condition.Key}'; nothing was written.",
    };

    private List<IdentifierName>? Identifiers(Caller caller, MatchCriteria condition)
    {
        if (condition.Request.Criteria.Find(c => c is { Name: "identifier", Modifier: "", Parameter.Type: SearchType.Token }) is not { } criterion)
        {
            return null;
        }

        var values = criterion.Values.Select(v => SearchText.Parts(v)[^1]).ToList();
        // system| alone matches every value.
        return values.Contains("") ? null : [.. values.SelectMany(v => (catalog.Seals?.Words(criterion.Parameter, v) ?? []).Prepend(v)).Select(v => new IdentifierName(caller.Tenant, criterion.Parameter!.Index, Lexeme.Clean(v).ToUpperInvariant()))];
    }

    private static string? Refusal(KeyValuePair<string, string> parameter) => parameter.Key switch
    {
        "_format" or "_pretty" or "_sort" or "_count" or "_include" or "_revinclude" or "_total" or "_summary" or "_elements" or "_contained" or Cursor.Parameter =>
            "a condition takes search criteria only, nothing that shapes an answer.",
        "_filter" => "a condition takes search parameters, one by one.",
        var name when name.Contains('.', StringComparison.Ordinal) || name.StartsWith("_has", StringComparison.Ordinal) || name == "_list" =>
            "a condition is decided by the resource itself; chained parameters, _has and _list look at others.",
        _ => null,
    };

    private async Task<Outcome<MatchLook>> FindAsync(Caller caller, IReadOnlyList<MatchCriteria> conditions, MatchLook? before, CancellationToken ct)
    {
        await using var batch = database.For(caller.Tenant).Source.CreateBatch();
        batch.Timeout = options.Value.SearchTimeoutSeconds;
        // First: whatever commits after this statement is newer than what it reads.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select position, at from records.head"));
        for (var i = 0; i < conditions.Count; i++)
        {
            var overtaken = before is { Head.Position: > 0 } && before.Found[i] is null;
            var sql = await plan.PageAsync(caller, conditions[i].Changed(overtaken ? before!.Head.At : null, conditions[i].Most), ct);
            if (sql.Failed(out var failure))
            {
                return MatchCriteria.At(conditions[i].Place, failure);
            }

            batch.BatchCommands.Add(sql.Value.ToBatchCommand());
        }

        try
        {
            return await ReadAsync(batch, caller, conditions, ct);
        }
        catch (Exception e) when (SearchInteraction.IsTimeout(e) && !ct.IsCancellationRequested)
        {
            return new Failure(
                FailureKind.TooCostly, "too-costly", $"The condition was stopped after {options.Value.SearchTimeoutSeconds} seconds. Use an identifier.");
        }
    }

    private async Task<Outcome<MatchLook>> ReadAsync(NpgsqlBatch batch, Caller caller, IReadOnlyList<MatchCriteria> conditions, CancellationToken ct)
    {
        LogHead head;
        var found = new List<ExistingResource>[conditions.Count];
        var several = -1;
        await using (var reader = await batch.ExecuteReaderAsync(ct))
        {
            await reader.ReadAsync(ct);
            head = new LogHead(reader.GetInt64(0), reader.GetFieldValue<DateTime>(1));
            for (var i = 0; i < found.Length; i++)
            {
                await reader.NextResultAsync(ct);
                found[i] = [];
                while (found[i].Count < conditions[i].Most && await reader.ReadAsync(ct))
                {
                    found[i].Add(new ExistingResource(
                        reader.GetString(1), reader.GetInt32(2), new DateTimeOffset(reader.GetFieldValue<DateTime>(3), TimeSpan.Zero), reader.Body(4, catalog, caller.Tenant, conditions[i].Type.Name, reader.GetString(1))) { Patients = FoundResource.PatientsOf(reader, 5) });
                }

                several = several < 0 && found[i].Count == conditions[i].Most && await reader.ReadAsync(ct) ? i : several;
            }
        }

        return several < 0 ? new MatchLook(head, found) : await SeveralAsync(caller, conditions[several], ct);
    }

    private async Task<Failure> SeveralAsync(Caller caller, MatchCriteria condition, CancellationToken ct)
    {
        var sql = await plan.CountAsync(caller, condition.Changed(null, count: 0), ct);
        await using var command = sql.Value.ToCommand(database.For(caller.Tenant));
        command.CommandTimeout = options.Value.SearchTimeoutSeconds;
        var count = Math.Max(condition.Most + 1, (long)(await command.ExecuteScalarAsync(ct))!);
        var why = condition.Most == 1 ? "so it is not known which one is meant" : $"and at most {condition.Most} are taken at once";
        return new Failure(
            FailureKind.PreconditionFailed, "multiple-matches",
            $"'{condition.Key}' matches {count} resources, {why}. Nothing was stored. Narrow it, for example by an identifier with its system: identifier=system|value.", condition.Place);
    }

    // A system without a number would be asked for as "none", also at the commit, when another writer may have given it one.
    private ValueTask LearnSystemsAsync(MatchCriteria condition, CancellationToken ct)
    {
        var systems = new SearchValues();
        foreach (var criterion in condition.Request.Criteria)
        {
            if (criterion.Parameter is { Type: SearchType.Token or SearchType.Quantity } parameter && criterion.Modifier != "missing")
            {
                systems.Tokens.AddRange(criterion.Values.Select(v => SearchText.Parts(v)).Select(p => p.Count == 2 ? p[0] : p.Count == 3 ? p[1] : "")
                    .Where(s => s.Length > 0).Select(s => new TokenValue(parameter, s, "")));
            }
        }

        return catalog.LearnSystemsAsync(systems, ct);
    }
}
