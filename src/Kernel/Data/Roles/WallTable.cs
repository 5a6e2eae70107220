using Npgsql;

namespace Salus.Kernel;

/// <summary>A table or sequence as it is in the database: what decides its policies, and the policies and rights that it has.</summary>
/// <param name="Kind"><c>r</c> a table, <c>p</c> one with partitions, <c>S</c> a sequence.</param>
/// <param name="HasTenant">Whether a column says whose each row is.</param>
/// <param name="Through">The condition that leads to a table that says it, by a foreign key; null when there is none.</param>
/// <param name="Policies">Of Salus, as <c>name=role,role</c>.</param>
/// <param name="App">Rights of the tenants' role.</param>
/// <param name="System">Rights of the role that works across tenants.</param>
internal sealed record WallTable(
    string Schema, string Name, char Kind, bool IsPartition, bool Secured, bool HasTenant, string? Through, string[] Policies, string[] App, string[] System)
{
    // A right that is held through PUBLIC counts: what one is not to have must not come from there either.
    private const string Sql =
        """
        select n.nspname, c.relname, c.relkind, c.relispartition, c.relrowsecurity,
            exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant' and a.attnum > 0 and not a.attisdropped),
            (select format('(%s) in (select %s from %I.%I)', string_agg(quote_ident(m.attname), ', ' order by x.i), string_agg(quote_ident(r.attname), ', ' order by x.i), p.nspname, p.relname)
             from (select k.conrelid, k.confrelid, k.conkey, k.confkey, tn.nspname, t.relname from pg_constraint k join pg_class t on t.oid = k.confrelid join pg_namespace tn on tn.oid = t.relnamespace
                   where k.conrelid = c.oid and k.contype = 'f' and exists (select from pg_attribute a where a.attrelid = t.oid and a.attname = 'tenant' and a.attnum > 0 and not a.attisdropped)
                   order by k.conname limit 1) p
             cross join lateral unnest(p.conkey, p.confkey) with ordinality x (mine, theirs, i)
             join pg_attribute m on m.attrelid = p.conrelid and m.attnum = x.mine join pg_attribute r on r.attrelid = p.confrelid and r.attnum = x.theirs
             group by p.nspname, p.relname),
            array(select p.polname || '=' || (select coalesce(string_agg(coalesce(r.rolname, 'public'), ',' order by r.rolname), '') from unnest(p.polroles) o (oid) left join pg_roles r on r.oid = o.oid)
                  from pg_policy p where p.polrelid = c.oid order by 1),
            array(select a from unnest($2) a where c.relkind <> 'S' and has_table_privilege($3, c.oid, a)),
            array(select a from unnest($2) a where c.relkind <> 'S' and has_table_privilege($4, c.oid, a))
                || array(select 'USAGE' where c.relkind = 'S' and has_sequence_privilege($4, c.oid, 'USAGE'))
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = any($1) and c.relkind in ('r', 'p', 'S') order by n.nspname, c.relname
        """;

    public static async Task<List<WallTable>> ReadAsync(NpgsqlConnection connection, IReadOnlyCollection<string> schemas, RoleNames roles, IReadOnlyCollection<string> rights, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. schemas] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. rights] });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = roles.App });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = roles.System });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var tables = new List<WallTable>();
        while (await reader.ReadAsync(ct))
        {
            tables.Add(new WallTable(
                reader.GetString(0), reader.GetString(1), reader.GetFieldValue<char>(2), reader.GetBoolean(3), reader.GetBoolean(4), reader.GetBoolean(5),
                await reader.IsDBNullAsync(6, ct) ? null : reader.GetString(6), reader.GetFieldValue<string[]>(7), reader.GetFieldValue<string[]>(8), reader.GetFieldValue<string[]>(9)));
        }

        return tables;
    }
}
