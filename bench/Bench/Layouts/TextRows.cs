using Npgsql;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Search;
using Salus.Records.Storage;

namespace Salus.Bench.Layouts;

/// <summary>A row per value with the code as text: the record as it is.</summary>
internal class TextRows(SearchSql sql, string name = "A", string description = "row per value: code as text, system as number; btree (tenant, parameter, code, system, key) and btree (key)")
    : Layout(name, description)
{
    public override string Setup => "";

    public override NpgsqlBatchCommand? Insert(KeyedWrites writes) => null;

    public override NpgsqlBatchCommand Delete(KeyedWrites before) =>
        new("delete from records.index_exact where key = any($1)") { Parameters = { Value(before.Keys) } };

    public override async ValueTask<SqlText> PageAsync(Caller caller, SearchRequest request) => (await sql.PageAsync(caller, request, CancellationToken.None)).Value;

    public override async ValueTask<SqlText> CountAsync(Caller caller, SearchRequest request) => (await sql.CountAsync(caller, request, CancellationToken.None)).Value;
}

/// <summary>The same rows with one index: the key before the system, and no index by key alone. Rows to delete are found by their values.</summary>
internal sealed class TextRowsOneIndex(SearchSql sql, Tenant tenant, Catalog catalog)
    : TextRows(sql, "D", "as A, but one btree (tenant, parameter, code, key, system) and none by key: deletion extracts the old values again")
{
    public override string Setup =>
        """
        drop index records.index_exact_key;
        drop index records.index_exact_value;
        create index index_exact_value on records.index_exact (tenant, parameter, code, key, system);
        """;

    public override bool DeletesByValue => true;

    public override NpgsqlBatchCommand Delete(KeyedWrites before)
    {
        var (parameters, codes, systems, keys) = (new List<int>(), new List<string>(), new List<int>(), new List<long>());
        void Add(ResourceParameter parameter, long key, int system, string code)
        {
            parameters.Add(catalog.Number(parameter));
            codes.Add(FoldedText.Code(code));
            systems.Add(system);
            keys.Add(key);
        }

        foreach (var (key, write) in before.Writes)
        {
            write.Values.Tokens.ForEach(t => Add(t.Parameter, key, catalog.System(t.System), t.Code));
            write.Values.Uris.ForEach(u => Add(u.Parameter, key, 0, u.Uri));
            write.Values.References.Where(r => r.TargetId is not null).ToList().ForEach(r => Add(r.Parameter, key, -catalog.Number(r.TargetType!), r.TargetId!));
            write.Values.References.Where(r => r is { TargetId: null, Url: not null }).ToList().ForEach(r => Add(r.Parameter, key, 0, r.Url!));
        }

        return new(
            """
            delete from records.index_exact x using unnest($2, $3, $4, $5) o (parameter, code, key, system)
            where x.tenant = $1 and x.parameter = o.parameter and x.code = o.code and x.key = o.key and x.system = o.system
            """)
        {
            Parameters = { Value(tenant.Number), Value(parameters.ToArray()), Value(codes.ToArray()), Value(keys.ToArray()), Value(systems.ToArray()) },
        };
    }
}
