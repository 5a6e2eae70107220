using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Search;
using Salus.Records.Search.Parameters;
using Salus.Records.Storage;

namespace Salus.Bench.Layouts;

/// <summary>Layouts with hashes in <c>index_hash</c>, searched by statements of the same form as the record's.</summary>
internal abstract class HashedLayout(string name, string description, Catalog catalog) : Layout(name, description)
{
    public override NpgsqlBatchCommand Delete(KeyedWrites before) =>
        new("delete from records.index_hash where key = any($1)") { Parameters = { Value(before.Keys) } };

    public override ValueTask<SqlText> CountAsync(Caller caller, SearchRequest request)
    {
        var sql = new SqlText().Append("select count(*) ");
        Where(sql, caller, request);
        return ValueTask.FromResult(sql);
    }

    public override ValueTask<SqlText> PageAsync(Caller caller, SearchRequest request)
    {
        var sorted = request.Sort is [{ Parameter.Type: SearchType.Date, Descending: true }];
        var sql = new SqlText().Append($"select l.key, l.id, l.version, l.at, l.body{(sorted ? ", q.s0::text" : "")} from (select * from (select c.key, c.position");
        if (sorted)
        {
            var parameter = sql.Add(catalog.Number(request.Sort[0].Parameter!));
            sql.Append($", (select max(x.high) from records.index_date x where x.key = c.key and x.parameter = {parameter}) as s0");
        }

        sql.Append(" ");
        Where(sql, caller, request);
        string Order(string alias) => $"{(sorted ? $"{alias}.s0 desc nulls last, " : "")}{alias}.key desc";
        sql.Append($") p order by {Order("p")} limit {sql.Add(request.Count + 1)}) q join records.log l on l.position = q.position order by {Order("q")}");
        return ValueTask.FromResult(sql);
    }

    /// <summary>The condition that all of these hashes are there.</summary>
    protected abstract string All(SqlText sql, IReadOnlyList<Guid> hashes);

    private void Where(SqlText sql, Caller caller, SearchRequest request)
    {
        var tenant = sql.Add(caller.Tenant.Number);
        sql.Append($"from records.current c where c.tenant = {tenant} and c.type = {sql.Add(catalog.Number(request.Type))} and not c.deleted");
        var hashes = new List<Guid>();
        foreach (var criterion in request.Criteria)
        {
            var parameter = criterion.Parameter!;
            if (parameter.Type == SearchType.String)
            {
                var number = sql.Add(catalog.Number(parameter));
                sql.Append($" and c.key in (select x.key from records.index_string x where x.tenant = {tenant} and x.parameter = {number} and ({StringParameter.Condition(sql, criterion).Value}))");
            }
            else
            {
                hashes.Add(ExactHash.Of(caller.Tenant.Number, catalog.Number(parameter), criterion.Values.Single()));
            }
        }

        if (hashes.Count > 0)
        {
            sql.Append(" and ").Append(All(sql, hashes));
        }
    }
}

/// <summary>One row per resource with all its hashes of 64 or 128 bits, under a GIN index.</summary>
internal sealed class HashedArrays(string name, bool wide, int pendingKilobytes, Catalog catalog) : HashedLayout(
    name, $"row per resource: {(wide ? "uuid[] of 128-bit" : "bigint[] of 64-bit")} hashes, GIN ({(pendingKilobytes > 0 ? $"fastupdate on, pending list up to {pendingKilobytes} kB" : "fastupdate off")}) and primary key (key)", catalog)
{
    private readonly string type = wide ? "uuid" : "bigint";

    public override string Setup =>
        $"""
        drop table records.index_exact;
        create table records.index_hash (key bigint primary key, hashes {type}[] not null);
        create index index_hash_values on records.index_hash using gin (hashes) with ({(pendingKilobytes > 0 ? $"gin_pending_list_limit = {pendingKilobytes}" : "fastupdate = off")});
        """;

    public override NpgsqlBatchCommand Insert(KeyedWrites writes) => new(
        $"insert into records.index_hash (key, hashes) select key, ($3::{type}[])[lag(stop, 1, 0) over (order by n) + 1:stop] from unnest($1, $2) with ordinality u (key, stop, n)")
    {
        Parameters = { Value(writes.Keys), Value(writes.HashEnds), wide ? (NpgsqlParameter)Value(writes.Hashes) : Value(writes.ShortHashes) },
    };

    protected override string All(SqlText sql, IReadOnlyList<Guid> hashes) =>
        $"c.key in (select x.key from records.index_hash x where x.hashes @> {(wide ? sql.Add(hashes.ToArray()) : sql.Add(hashes.Select(ExactHash.Short).ToArray()))})";
}

/// <summary>A row per hash of 64 or 128 bits.</summary>
internal sealed class HashedRows(string name, bool wide, Catalog catalog)
    : HashedLayout(name, $"row per value: {(wide ? "128-bit hash as uuid" : "64-bit hash")}; btree (hash, key) and btree (key)", catalog)
{
    public override string Setup =>
        $"""
        drop table records.index_exact;
        create table records.index_hash (hash {(wide ? "uuid" : "bigint")} not null, key bigint not null);
        create index index_hash_value on records.index_hash (hash, key);
        create index index_hash_key on records.index_hash (key);
        """;

    public override NpgsqlBatchCommand Insert(KeyedWrites writes) => new("insert into records.index_hash (hash, key) select * from unnest($1, $2)")
    {
        Parameters = { wide ? (NpgsqlParameter)Value(writes.Hashes) : Value(writes.ShortHashes), Value(writes.HashKeys) },
    };

    protected override string All(SqlText sql, IReadOnlyList<Guid> hashes) =>
        string.Join(" and ", hashes.Select(h => $"c.key in (select x.key from records.index_hash x where x.hash = {(wide ? sql.Add(h) : sql.Add(ExactHash.Short(h)))})"));
}
