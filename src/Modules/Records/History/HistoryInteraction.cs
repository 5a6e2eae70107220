using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using Salus.Fhir.Definitions;
using Salus.Fhir.Primitives;
using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Http;
using Salus.Records.Read;
using Salus.Records.Sealing;
using Salus.Records.Search;
using Salus.Records.Search.Parameters;
using Salus.Records.Storage;

namespace Salus.Records.History;

/// <summary>history of a resource, a type or everything (http://hl7.org/fhir/R4/http.html#history): newest first, paged by log position.</summary>
internal sealed class HistoryInteraction(Database database, Catalog catalog, ResourceVersions versions, AccessConditions access, SearchGate gate, IOptions<RecordsOptions> options)
{
    private static readonly string[] Known = ["_count", "_since", "_at", "_before", "_format", "_pretty"];

    private sealed record Row(long Position, string Type, string Id, int Version, FeedOperation Operation, DateTimeOffset At, ReadOnlyMemory<byte> Body, string[] Patients);

    private sealed class Scope
    {
        public int Count { get; set; }

        public DateTime? Since { get; set; }

        /// <summary>The period of <c>_at</c>, without its end.</summary>
        public (DateTime Low, DateTime High)? At { get; set; }

        public long Before { get; set; } = long.MaxValue;
    }

    /// <param name="Key">Of one resource; null for all.</param>
    private sealed record Question(Caller Caller, TypeDefinition? Type, long? Key, Scope Scope, AccessOfTypes Seen);

    /// <param name="type">Null for the whole system.</param>
    /// <param name="id">Null for the whole type.</param>
    public async Task<Outcome<Reply>> RunAsync(
        Caller caller, TypeDefinition? type, string? id, IReadOnlyList<KeyValuePair<string, string>> query, string address, CancellationToken ct)
    {
        var parsed = Parse(query);
        if (parsed.Failed(out var failure))
        {
            return failure;
        }

        // One resource has few versions; everything else counts in the whole log.
        return await gate.RunAsync(id is null ? SearchCost.Costly : SearchCost.Ordinary, () => RunAsync(caller, type, id, parsed.Value, query, address, ct), ct);
    }

    private async Task<Outcome<Reply>> RunAsync(
        Caller caller, TypeDefinition? type, string? id, Scope scope, IReadOnlyList<KeyValuePair<string, string>> query, string address, CancellationToken ct)
    {
        var seen = await access.AcrossAsync(caller, type is null ? null : [type.Name], id is null ? Interactions.Search : Interactions.Read, ct);
        if (seen.Failed(out var forbidden))
        {
            return forbidden;
        }

        var of = new Question(caller, type, null, scope, seen.Value);
        if (type is not null && id is not null)
        {
            var current = await versions.CurrentAsync(caller, type, id, ct, seen.Value);
            if (current.Version == 0)
            {
                return ResourceVersions.NotFound(type, id);
            }

            of = of with { Key = current.Key };
        }

        try
        {
            var rows = await ReadAsync(caller.Tenant, await PageAsync(of, ct), ct);
            var total = await CountAsync(of, ct);
            var path = string.Join('/', new[] { address, type?.Name, id, "_history" }.Where(p => p is not null));
            return Reply.Bundle(Bundle(rows, scope, total, path, query, address), rows.Take(scope.Count).SelectMany(r => r.Patients).ToHashSet(StringComparer.Ordinal));
        }
        catch (Exception e) when (SearchInteraction.IsTimeout(e) && !ct.IsCancellationRequested)
        {
            return SearchInteraction.TooSlow(options.Value);
        }
    }

    private Outcome<Scope> Parse(IReadOnlyList<KeyValuePair<string, string>> query)
    {
        var scope = new Scope { Count = options.Value.DefaultPageSize };
        foreach (var (name, value) in query)
        {
            switch (name)
            {
                case "_count" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count):
                    scope.Count = Math.Min(count, options.Value.MaxPageSize);
                    break;
                case "_since" when FhirDateTime.TryRead(Encoding.UTF8.GetBytes(value.Replace(' ', '+')), out var since):
                    scope.Since = RecordParameter.Time(since.Low);
                    break;
                case "_at" when FhirDateTime.TryRead(Encoding.UTF8.GetBytes(value.Replace(' ', '+')), out var at):
                    scope.At = (RecordParameter.Time(at.Low), RecordParameter.Time(at.High));
                    break;
                case "_before" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var before):
                    scope.Before = before;
                    break;
                case var known when !Known.Contains(known):
                    return new Failure(FailureKind.NotSupported, "not-supported", $"History has no parameter '{name}'. Known are: _count, _since, _at.", name);
                case "_count" or "_since" or "_at" or "_before":
                    return new Failure(FailureKind.Invalid, "value", $"'{value}' is not a value of {name}.", name);
            }
        }

        return scope;
    }

    private async ValueTask<SqlText> PageAsync(Question of, CancellationToken ct)
    {
        var sql = new SqlText { Forced = true }.Append("select l.position, l.type, l.id, l.version, l.operation, l.at, l.body, l.patients ");
        await FilterAsync(sql, of, ct);
        return sql.Append($" and l.position < {sql.Add(of.Scope.Before)} order by l.position desc limit {sql.Add(of.Scope.Count + 1)}");
    }

    private async ValueTask FilterAsync(SqlText sql, Question of, CancellationToken ct)
    {
        // A version is seen by who may see both it and what is current: of a resource that went from one patient to another, neither's people see the other's versions.
        sql.Append("from records.log l ").Append(of.Seen.Always ? "" : "join records.current c on c.key = l.key ").Append($"where l.tenant = {sql.Add(of.Caller.Tenant.Number)}");
        if (of.Scope.Since is { } since)
        {
            sql.Append($" and l.at >= {sql.Add(since)}");
        }

        if (of.Key is { } key)
        {
            sql.Append($" and l.key = {sql.Add(key)}");
        }
        else if (of.Type is { } type)
        {
            sql.Append($" and l.type = {sql.Add(catalog.Number(type))}");
        }

        if (of.Scope.At is { } at)
        {
            // Versions are current from their time until that of the next; a deletion is none.
            sql.Append($" and l.body is not null and l.at < {sql.Add(at.High)} and not exists (select from records.log n where n.key = l.key and n.version = l.version + 1 and n.at <= {sql.Add(at.Low)})");
        }

        sql.Append(of.Seen.OfVersion(sql, "l", "c")).Append(await of.Seen.OfCurrentAsync(sql, "c", ct));
    }

    private async Task<long> CountAsync(Question of, CancellationToken ct)
    {
        var sql = new SqlText { Forced = true }.Append("select count(*) ");
        await FilterAsync(sql, of, ct);
        await using var command = SearchInteraction.Limited(sql.ToCommand(database.For(of.Caller.Tenant)), options.Value.SearchTimeoutSeconds);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private async Task<List<Row>> ReadAsync(Tenant tenant, SqlText sql, CancellationToken ct)
    {
        await using (var command = SearchInteraction.Limited(sql.ToCommand(database.For(tenant)), options.Value.SearchTimeoutSeconds))
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            var rows = new List<Row>();
            while (await reader.ReadAsync(ct))
            {
                rows.Add(new Row(
                    reader.GetInt64(0), catalog.TypeName(reader.GetInt16(1)), reader.GetString(2), reader.GetInt32(3), (FeedOperation)reader.GetInt16(4),
                    new DateTimeOffset(reader.GetFieldValue<DateTime>(5), TimeSpan.Zero), await reader.IsDBNullAsync(6, ct) ? default : reader.Body(6, catalog, tenant, catalog.TypeName(reader.GetInt16(1)), reader.GetString(2)), FoundResource.PatientsOf(reader, 7)));
            }

            return rows;
        }
    }

    private static ReadOnlyMemory<byte> Bundle(
        List<Row> rows, Scope scope, long total, string path, IReadOnlyList<KeyValuePair<string, string>> query, string address)
    {
        using var bundle = new BundleWriter("history").Total(total);
        string Link(long? before) => QueryText(path, query.Where(p => p.Key != "_before").Concat(
            before is { } at ? [new("_before", at.ToString(CultureInfo.InvariantCulture))] : scope.Before == long.MaxValue ? [] : [new("_before", scope.Before.ToString(CultureInfo.InvariantCulture))]));
        if (rows.Count > scope.Count && scope.Count > 0)
        {
            bundle.Links(("self", Link(null)), ("next", Link(rows[scope.Count - 1].Position)));
        }
        else
        {
            bundle.Links(("self", Link(null)));
        }

        foreach (var row in rows.Take(scope.Count))
        {
            Add(bundle, row, address);
        }

        return bundle.ToUtf8();
    }

    private static void Add(BundleWriter bundle, Row row, string address)
    {
        var writer = bundle.Entry($"{address}/{row.Type}/{row.Id}");
        if (!row.Body.IsEmpty)
        {
            bundle.Resource(row.Body);
        }

        var (method, url, status) = row.Operation switch
        {
            FeedOperation.Create => ("PUT", $"{row.Type}/{row.Id}", "201"),
            FeedOperation.Update => ("PUT", $"{row.Type}/{row.Id}", "200"),
            _ => ("DELETE", $"{row.Type}/{row.Id}", "204"),
        };
        writer.WriteStartObject("request"u8);
        writer.WriteString("method"u8, method);
        writer.WriteString("url"u8, url);
        writer.WriteEndObject();
        writer.WriteStartObject("response"u8);
        writer.WriteString("status"u8, status);
        writer.WriteString("etag"u8, $"W/\"{row.Version}\"");
        writer.WriteString("lastModified"u8, row.At.UtcDateTime);
        writer.WriteEndObject();
        bundle.EndEntry();
    }

    private static string QueryText(string path, IEnumerable<KeyValuePair<string, string>> query)
    {
        var text = string.Join('&', query.Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value)}"));
        return text.Length == 0 ? path : $"{path}?{text}";
    }
}
