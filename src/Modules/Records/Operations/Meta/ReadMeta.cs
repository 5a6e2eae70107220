using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Salus.Fhir.Json;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Http;
using Salus.Records.Patch.Json;
using Salus.Records.Read;
using Salus.Records.Search;
using Salus.Records.Storage;

namespace Salus.Records.Operations.Meta;

/// <summary>
/// $meta (http://hl7.org/fhir/R4/resource-operation-meta.html): the meta of a resource; of a type or the whole record all profiles, tags and security labels
/// that are in use, as the index has them: without displays.
/// </summary>
internal sealed class ReadMeta(
    Database database, ResourceVersions versions, SearchParameterSet parameters, Catalog catalog, AccessConditions access, SearchGate gate, IOptions<RecordsOptions> options) : IOperation
{
    public OperationDefinition Definition { get; } =
        new("meta", "http://hl7.org/fhir/OperationDefinition/Resource-meta", OperationLevels.System | OperationLevels.Type | OperationLevels.Instance);

    public async Task<Outcome<Reply>> RunAsync(OperationCall call)
    {
        if (call.Id is null)
        {
            return await gate.RunAsync(SearchCost.Costly, () => InUseAsync(call), call.Stop);
        }

        var read = await versions.ReadAsync(call.Caller, call.Type!, call.Id, call.Stop);
        return read.Failed(out var failure) || !ResourceReader.TryRead(read.Value.Body, parameters.Definitions, out var document, out _)
            ? failure ?? new Failure(FailureKind.Unavailable, "exception", "The stored resource cannot be read.")
            : Answer(document.Root.Child("meta"u8).RawUtf8);
    }

    /// <summary>The answer of all three operations about meta.</summary>
    public static Reply Answer(ReadOnlySpan<byte> meta)
    {
        using var writer = new ParametersWriter();
        return writer.Value("return", "Meta", meta).ToReply();
    }

    private async Task<Outcome<Reply>> InUseAsync(OperationCall call)
    {
        var asked = parameters.All.Where(p => p.Code is "_profile" or "_tag" or "_security" && (call.Type is null || p.ResourceType == call.Type)).ToList();
        var seen = await access.AcrossAsync(call.Caller, call.Type is null ? null : [call.Type.Name], Interactions.Search, call.Stop);
        if (seen.Failed(out var forbidden))
        {
            return forbidden;
        }

        var sql = new SqlText { Forced = true };
        var of = call.Type is null ? "" : $" and c.type = {sql.Add(catalog.Number(call.Type))}";
        sql.Append(
            $"""
            select distinct u.code, u.value, s.uri
            from (select p.code, split_part(substr(w.word, position(':' in w.word) + 1), chr(31), 1) as value, split_part(w.word, chr(31), 2) as system
                  from records.current c cross join lateral unnest(tsvector_to_array(c.exact)) w (word)
                  join unnest({sql.Add(asked.Select(catalog.Number).ToArray())}, {sql.Add(asked.Select(p => p.Code[1..]).ToArray())}) p (id, code) on split_part(w.word, ':', 1)::int = p.id
                  where c.tenant = {sql.Add(call.Caller.Tenant.Number)} and not c.deleted{of} and w.word like '%' || chr(31) || '%'{await seen.Value.OfCurrentAsync(sql, "c", call.Stop)}) u
            left join records.code_system s on s.id = nullif(u.system, '')::int and u.system <> '0'
            order by 1, 3 nulls first, 2 limit 10001
            """);
        await using var command = SearchInteraction.Limited(sql.ToCommand(database.For(call.Caller.Tenant)), options.Value.SearchTimeoutSeconds);
        var meta = new JsonObject();
        try
        {
            await using var reader = await command.ExecuteReaderAsync(call.Stop);
            while (await reader.ReadAsync(call.Stop))
            {
                Add(meta, reader.GetString(0), reader.GetString(1), await reader.IsDBNullAsync(2, call.Stop) ? null : reader.GetString(2));
            }
        }
        catch (Exception e) when (SearchInteraction.IsTimeout(e) && !call.Stop.IsCancellationRequested)
        {
            return SearchInteraction.TooSlow(options.Value);
        }

        // FHIR has no empty objects.
        using var nothing = new ParametersWriter();
        return meta.Count == 0 ? nothing.ToReply() : Answer(JsonTree.ToUtf8(meta));
    }

    private static void Add(JsonObject meta, string name, string code, string? system)
    {
        if (meta[name] is not JsonArray list)
        {
            meta[name] = list = [];
        }

        list.Add(name == "profile" ? JsonValue.Create(code) : system is null ? new JsonObject { ["code"] = code } : new JsonObject { ["system"] = system, ["code"] = code });
    }
}
