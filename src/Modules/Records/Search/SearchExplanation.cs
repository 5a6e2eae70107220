using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Http;

namespace Salus.Records.Search;

/// <summary>
/// <c>GET /admin/search/explain/Patient?name=...</c>: the search that stands behind it, as Salus understood it, its SQL with its values, PostgreSQL's plan
/// with its real rows, and how long each part took. It runs the search, among the costly ones.
/// </summary>
internal sealed class SearchExplanation(Database database, SearchParser parser, SearchSql plan, AccessConditions access, SearchGate gate, IOptions<RecordsOptions> options)
{
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web) { Encoder = BundleWriter.Encoder };

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/admin/search/explain/{type:alpha}", async (string type, HttpContext http, SearchExplanation explanation) =>
        await FhirExchange.RunAsync(http, e => e.OfType(type, async t =>
        {
            var explained = await explanation.RunAsync(e.Caller, t.Name, e.Query, e.Lenient, e.Address, e.Stop);
            return explained.Failed(out var failure) ? failure : Reply.Bundle(JsonSerializer.SerializeToUtf8Bytes(explained.Value, Form));
        }))).ForPermission(Permissions.SystemView);

    public async Task<Outcome<ExplainedSearch>> RunAsync(Caller caller, string type, IEnumerable<KeyValuePair<string, string>> query, bool lenient, string address, CancellationToken ct)
    {
        var parsed = parser.Parse(type, query, lenient);
        if (parsed.Failed(out var failure))
        {
            return failure;
        }

        var request = parsed.Value;
        request.Address = address;
        try
        {
            return await gate.RunAsync(SearchCost.Costly, () => ExplainAsync(caller, request, ct), ct);
        }
        catch (Exception e) when (SearchInteraction.IsTimeout(e) && !ct.IsCancellationRequested)
        {
            return SearchInteraction.TooSlow(options.Value);
        }
    }

    private async Task<Outcome<ExplainedSearch>> ExplainAsync(Caller caller, SearchRequest request, CancellationToken ct)
    {
        // A plan shows how many rows were left out, and so what there is that the caller may not see.
        var seen = await access.OfAsync(caller, request.Type, Interactions.Search, ct);
        if (seen.Failed(out var forbidden) || !seen.Value.Always)
        {
            return forbidden ?? new Failure(FailureKind.Forbidden, "forbidden", $"A plan tells of all {request.Type} resources, and you may not see all of them. Search without the explanation.");
        }

        var clock = Stopwatch.StartNew();
        var statements = new List<(string Purpose, SqlText Sql)>();
        if (request.Total || request.Estimate)
        {
            var count = request.Estimate ? await plan.CountAsync(caller, request, TotalEstimate.Counted + 1, ct) : await plan.CountAsync(caller, request, ct);
            if (count.Failed(out var failure))
            {
                return failure;
            }

            statements.Add((request.Estimate ? "estimate" : "total", count.Value));
        }

        if (request.Count > 0)
        {
            var page = await plan.PageAsync(caller, request, ct);
            if (page.Failed(out var failure))
            {
                return failure;
            }

            statements.Add(("page", page.Value));
        }

        var understanding = clock.Elapsed.TotalMilliseconds;
        var explained = new List<ExplainedStatement>();
        foreach (var (purpose, sql) in statements)
        {
            explained.Add(await ExplainAsync(caller, purpose, sql, ct));
        }

        return new ExplainedSearch(
            request.Type, SearchCosts.Of(request) == SearchCost.Costly ? "costly" : "ordinary", [.. request.Criteria.Select(Text)], [.. request.Criteria.SelectMany(Links)],
            [.. statements.Take(1).SelectMany(s => s.Sql.Codes, (_, c) => new ExplainedCodes($"{c.Name}:{c.Modifier}", c.Count))], Math.Round(understanding, 3), explained);
    }

    // The plan is that of a prepared statement in the pool that the search takes: one for all values, or one for these.
    private async Task<ExplainedStatement> ExplainAsync(Caller caller, string purpose, SqlText sql, CancellationToken ct)
    {
        await using var connection = await sql.PoolOf(database.For(caller.Tenant)).OpenConnectionAsync(ct);
        var values = await LiteralsAsync(connection, sql, ct);
        var types = string.Join(", ", sql.Parameters.Select(TypeName));
        await RunAsync(connection, $"prepare salus_explain{(types.Length > 0 ? $"({types})" : "")} as {sql}", ct);
        try
        {
            var lines = new List<string>();
            var started = Stopwatch.GetTimestamp();
            await using (var command = Limited(connection, $"explain (analyze, buffers, settings) execute salus_explain{(values.Count > 0 ? $"({string.Join(", ", values)})" : "")}"))
            {
                await using var reader = await command.ExecuteReaderAsync(ct);
                while (await reader.ReadAsync(ct))
                {
                    lines.Add(reader.GetString(0));
                }
            }

            return new ExplainedStatement(
                purpose, sql.OnePlan ? "one plan for all values" : "planned for these values", sql.ToString(), values, lines, Math.Round(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 3));
        }
        finally
        {
            await RunAsync(connection, "deallocate salus_explain", CancellationToken.None);
        }
    }

    // EXECUTE takes no parameters, only literals: the server itself quotes them.
    private async Task<List<string>> LiteralsAsync(NpgsqlConnection connection, SqlText sql, CancellationToken ct)
    {
        if (sql.Parameters.Count == 0)
        {
            return [];
        }

        var quoted = string.Join(", ", sql.Parameters.Select((p, i) => $"quote_nullable(${i + 1}::{TypeName(p)}::text)"));
        await using var command = Limited(connection, $"select {quoted}");
        sql.Parameters.ForEach(p => command.Parameters.Add(p.Clone()));
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return [.. sql.Parameters.Select((p, i) => $"{reader.GetString(i)}::{TypeName(p)}")];
    }

    private async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = Limited(connection, sql);
        await command.ExecuteNonQueryAsync(ct);
    }

    private NpgsqlCommand Limited(NpgsqlConnection connection, string sql) => new(sql, connection) { CommandTimeout = options.Value.SearchTimeoutSeconds };

    private static string TypeName(NpgsqlParameter parameter) => parameter.Value switch
    {
        short => "smallint",
        int => "int",
        long => "bigint",
        decimal => "numeric",
        DateTime => "timestamptz",
        string[] => "text[]",
        int[] => "int[]",
        long[] => "bigint[]",
        _ => "text",
    };

    // As it was understood, with the brackets that _filter leaves out.
    private static string Text(Criterion criterion) => criterion switch
    {
        LinkedCriterion linked => string.Join(" or ", linked.Ends.Select(e => e.Reverse ? $"_has:{e.Reference} ({Text(e.Inner)})" : $"{e.Reference.Code}:{e.There}.({Text(e.Inner)})")),
        CombinedCriterion combined => $"{(combined.Absent ? "not " : "")}({string.Join(" or ", combined.Alternatives.Select(a => a.Count == 1 ? Text(a[0]) : $"({string.Join(" and ", a.Select(Text))})"))})",
        _ => $"{criterion.Name}{(criterion.Modifier.Length > 0 ? ":" : "")}{criterion.Modifier}{(criterion.Comparison.Length > 0 ? $" {criterion.Comparison} " : "=")}{string.Join(',', criterion.Values)}",
    };

    private static IEnumerable<ExplainedLink> Links(Criterion criterion) => criterion is CombinedCriterion combined ? combined.Parts.SelectMany(Links) : criterion is not LinkedCriterion linked ? [] : linked.Ends.SelectMany(e =>
        Links(e.Inner).Prepend(new ExplainedLink(e.Reference.ToString(), e.There, e.Inner.Name, e.Few == true ? $"begins with the few {e.There} that fit" : $"begins with {e.Here}, looks up each {e.There}")));
}

/// <summary>A search, explained.</summary>
/// <param name="Type">The type that is searched.</param>
/// <param name="Lane">"ordinary" or "costly": which lane a search like this takes.</param>
/// <param name="Criteria">What has to hold, each of them, as it was understood.</param>
/// <param name="Links">For chained parameters and <c>_has</c>: the end at which the search begins.</param>
/// <param name="Codes">For <c>:in</c>, <c>:not-in</c>, <c>:above</c> and <c>:below</c> of tokens: how many codes are looked for.</param>
/// <param name="UnderstandingMilliseconds">Until the SQL was there; with links, this includes the questions how many fit.</param>
internal sealed record ExplainedSearch(string Type, string Lane, IReadOnlyList<string> Criteria, IReadOnlyList<ExplainedLink> Links, IReadOnlyList<ExplainedCodes> Codes, double UnderstandingMilliseconds, IReadOnlyList<ExplainedStatement> Statements);

/// <summary>A criterion whose codes terminology named: <c>code:in</c>, and how many of them belong to code systems in use.</summary>
internal sealed record ExplainedCodes(string Criterion, int Count);

/// <summary>One reference that is followed.</summary>
internal sealed record ExplainedLink(string Reference, string Type, string Criterion, string Way);

/// <summary>One statement.</summary>
/// <param name="Purpose">"page", "total" or "estimate".</param>
/// <param name="Planning">Whether one plan serves all values.</param>
/// <param name="Values">The values for $1, $2, ... as literals.</param>
/// <param name="Plan">What <c>explain (analyze, buffers)</c> says, line by line.</param>
internal sealed record ExplainedStatement(string Purpose, string Planning, string Sql, IReadOnlyList<string> Values, IReadOnlyList<string> Plan, double Milliseconds);
