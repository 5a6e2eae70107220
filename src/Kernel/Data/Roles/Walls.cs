using Npgsql;

namespace Salus.Kernel;

/// <summary>
/// Row-level security and rights, by convention: a table with a column <c>tenant</c> shows a tenant's session the rows of that tenant; one that has a foreign key to
/// such a table, the rows that belong to those; any other belongs to all. What the roles may do is what the modules' <see cref="MigrationSet"/>s say. Brought about
/// after the migrations of each start, by the owner; where everything is as it should be, nothing is touched and no lock is taken.
/// </summary>
internal sealed class Walls(RoleNames roles, IReadOnlyList<MigrationSet> sets)
{
    // The numbers go up with the conditions, so that those of an earlier version are replaced.
    private const string TenantPolicy = "salus_tenant_2";
    private const string SystemPolicy = "salus_system_1";

    // In a subquery, so that it is worked out once for a statement and not for each row; without a regular expression, which took 7 % of PostgreSQL's time in small searches.
    // Whoever is no tenant's role gets null, which equals nothing.
    private const string OwnTenant = "tenant = (select nullif(split_part(session_user::text, '_tenant_', -1), session_user::text)::int)";

    private static readonly string[] Rights = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"];

    private string App => DatabaseRoles.Quoted(roles.App);

    private string System => DatabaseRoles.Quoted(roles.System);

    /// <summary>Brings it about. The caller holds the lock of the migrations.</summary>
    public async Task RaiseAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var statements = new List<string>();
        await foreach (var statement in SchemasAsync(connection, ct))
        {
            statements.Add(statement);
        }

        foreach (var table in await WallTable.ReadAsync(connection, [.. sets.Select(s => s.Module)], roles, Rights, ct))
        {
            statements.AddRange(Of(table));
        }

        if (statements.Count > 0)
        {
            await using var transaction = await connection.BeginTransactionAsync(ct);
#pragma warning disable CA2100 // Names come quoted from the catalog.
            await using var command = new NpgsqlCommand(string.Join(";\n", statements), connection, transaction);
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(ct);
            await transaction.CommitAsync(ct);
        }
    }

    // Nobody but the owner makes anything in a schema. What the owner makes at run time, the system may read.
    private async IAsyncEnumerable<string> SchemasAsync(NpgsqlConnection connection, [global::System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var made = sets.SelectMany(s => s.Made).ToHashSet(StringComparer.Ordinal);
        var read = sets.Where(s => s.Read.Count > 0).Select(s => s.Module).ToHashSet(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand(
            """
            select n.nspname, has_schema_privilege($2, n.oid, 'USAGE'), has_schema_privilege($3, n.oid, 'USAGE'),
                exists (select from pg_default_acl d cross join lateral aclexplode(d.defaclacl) a where d.defaclnamespace = n.oid and a.grantee = (select oid from pg_roles where rolname = $3))
            from pg_namespace n where n.nspname = any($1)
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. sets.Select(s => s.Module), .. made] });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = roles.App });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = roles.System });
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var schema = reader.GetString(0);
            if (read.Contains(schema) != reader.GetBoolean(1))
            {
                yield return read.Contains(schema) ? $"grant usage on schema {Quoted(schema)} to {App}" : $"revoke all on schema {Quoted(schema)} from {App}";
            }

            if (!reader.GetBoolean(2))
            {
                yield return $"grant usage on schema {Quoted(schema)} to {System}";
            }

            if (made.Contains(schema) && !reader.GetBoolean(3))
            {
                yield return $"grant select on all tables in schema {Quoted(schema)} to {System}";
                yield return $"alter default privileges in schema {Quoted(schema)} grant select on tables to {System}";
            }
        }
    }

    private IEnumerable<string> Of(WallTable table)
    {
        var name = $"{Quoted(table.Schema)}.{Quoted(table.Name)}";
        if (table.Kind == 'S')
        {
            return table.System.Length > 0 ? [] : [$"grant usage on sequence {name} to {System}"];
        }

        // A partition is read and written through its table, whose rights and policies count then; by itself it is nobody's.
        if (table.IsPartition)
        {
            return [.. Change(name, App, table.App, []), .. Change(name, System, table.System, []), .. table.Secured ? Array.Empty<string>() : [$"alter table {name} enable row level security"]];
        }

        var set = sets.First(s => s.Module == table.Schema);
        var append = set.AppendOnly.Any(p => Fits(p, table.Name));
        string[] app = set.Read.Any(p => Fits(p, table.Name)) ? ["SELECT"] : [];
        string[] system = append ? ["SELECT", "INSERT"] : ["SELECT", "INSERT", "UPDATE", "DELETE"];
        return [.. Policies(table, name), .. Change(name, App, table.App, app), .. Change(name, System, table.System, system)];
    }

    private IEnumerable<string> Policies(WallTable table, string name)
    {
        var condition = table.HasTenant ? OwnTenant : table.Through;
        string[] wanted = condition is null ? [] : [$"{SystemPolicy}={roles.System}", $"{TenantPolicy}={roles.App}"];
        foreach (var old in table.Policies.Where(p => p.StartsWith("salus_", StringComparison.Ordinal)).Except(wanted))
        {
            yield return $"drop policy {Quoted(old[..old.IndexOf('=', StringComparison.Ordinal)])} on {name}";
        }

        if (condition is not null && !table.Secured)
        {
            yield return $"alter table {name} enable row level security";
        }

        foreach (var policy in wanted.Except(table.Policies))
        {
            yield return policy.StartsWith(TenantPolicy, StringComparison.Ordinal)
                ? $"create policy {TenantPolicy} on {name} to {App} using ({condition})"
                : $"create policy {SystemPolicy} on {name} to {System} using (true)";
        }
    }

    private static IEnumerable<string> Change(string table, string role, string[] actual, string[] wanted)
    {
        if (actual.Except(wanted).ToList() is { Count: > 0 } much)
        {
            yield return $"revoke {string.Join(", ", much)} on {table} from {role}";
        }

        if (wanted.Except(actual).ToList() is { Count: > 0 } missing)
        {
            yield return $"grant {string.Join(", ", missing)} on {table} to {role}";
        }
    }

    private static bool Fits(string pattern, string name) =>
        pattern.EndsWith('*') ? name.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal) : name == pattern;

    private static string Quoted(string name) => DatabaseRoles.Quoted(name);
}
