using Npgsql;

namespace Salus.Kernel;

/// <summary>
/// Functions behind the operators that searches are found by. Before the policy of a row has been looked at, PostgreSQL uses only such as are marked leakproof: with a
/// policy and without the mark, a search for a word would read every row of the tenant instead of the index. docs/adr/0016-database-roles.md says why each
/// of these cannot tell anything of a row that it is not to show.
/// </summary>
internal static class LeakproofFunctions
{
    private static readonly string[] Signatures =
    [
        "ts_match_vq(tsvector,tsquery)",
        "numeric_eq(numeric,numeric)", "numeric_lt(numeric,numeric)", "numeric_le(numeric,numeric)", "numeric_gt(numeric,numeric)", "numeric_ge(numeric,numeric)",
    ];

    /// <summary>Marks them where the owner may; gives those that stay unmarked.</summary>
    public static async Task<IReadOnlyList<string>> MarkAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var unmarked = new List<string>();
        bool may;
        await using (var look = new NpgsqlCommand(
            """
            select p.oid::regprocedure::text, (select rolsuper from pg_roles where rolname = current_user)
            from unnest($1) s (name) join pg_proc p on p.oid = ('pg_catalog.' || s.name)::regprocedure where not p.proleakproof
            """,
            connection))
        {
            look.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = Signatures });
            await using var reader = await look.ExecuteReaderAsync(ct);
            may = false;
            while (await reader.ReadAsync(ct))
            {
                unmarked.Add(reader.GetString(0));
                may = reader.GetBoolean(1);
            }
        }

        if (!may)
        {
            return unmarked;
        }

#pragma warning disable CA2100 // Names from the catalog.
        await using var mark = new NpgsqlCommand(Sql(unmarked), connection);
#pragma warning restore CA2100
        await mark.ExecuteNonQueryAsync(ct);
        return [];
    }

    /// <summary>What a superuser runs in the database.</summary>
    public static string Sql(IEnumerable<string> functions) => string.Concat(functions.Select(f => $"alter function pg_catalog.{f} leakproof; "));
}
