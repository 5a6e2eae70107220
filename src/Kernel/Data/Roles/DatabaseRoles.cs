using Npgsql;

namespace Salus.Kernel;

/// <summary>The roles that Salus works with, as opposed to the owner of the tables: makes them where they are missing, and knows how to connect as one.</summary>
internal sealed class DatabaseRoles
{
    // "roles" in ASCII.
    private const long LockKey = 0x726F6C6573;

    private readonly NpgsqlDataSource owner;
    private readonly string address;
    private readonly string secret;

    private DatabaseRoles(NpgsqlDataSource owner, string address, string secret, string database)
    {
        this.owner = owner;
        this.address = address;
        this.secret = secret;
        Names = new RoleNames(database);
    }

    public RoleNames Names { get; }

    /// <param name="owner">Connections of the owner.</param>
    /// <param name="address">How the owner connects.</param>
    /// <param name="secret">What the passwords are derived from; null for the owner's own password.</param>
    /// <exception cref="CannotStartException">The roles are not there and may not be made, or may do too much.</exception>
    public static async Task<DatabaseRoles> EnsureAsync(NpgsqlDataSource owner, string address, string? secret, CancellationToken ct)
    {
        await using var connection = await owner.OpenConnectionAsync(ct);
        secret = string.IsNullOrEmpty(secret) ? new NpgsqlConnectionStringBuilder(address).Password : secret;
        if (string.IsNullOrEmpty(secret))
        {
            throw new CannotStartException(
                "Salus:Postgres has no password that those of the application's roles could be derived from. Set Salus:PostgresRoleSecret to a random text of 32 characters or more, the same for all processes.");
        }

        var roles = new DatabaseRoles(owner, address, secret, connection.Database);
        await roles.EnsureAsync(connection, [Tenant.Default], ct);
        return roles;
    }

    /// <summary>How a role connects, password included.</summary>
    public string ConnectionString(string role) =>
        new NpgsqlConnectionStringBuilder(address) { Username = role, Password = RolePassword.Of(secret, role) }.ConnectionString;

    /// <summary>Makes the role of a tenant when it is missing.</summary>
    public async Task EnsureAsync(Tenant tenant, CancellationToken ct)
    {
        await using var connection = await owner.OpenConnectionAsync(ct);
        await EnsureAsync(connection, [tenant], ct);
    }

    private async Task EnsureAsync(NpgsqlConnection connection, IReadOnlyList<Tenant> tenants, CancellationToken ct)
    {
        string[] logins = [Names.System, .. tenants.Select(Names.Of)];
        if (await AreThereAsync(connection, logins, ct) && await AreOpenAsync(logins, ct))
        {
            return;
        }

        try
        {
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await ExecuteAsync(connection, $"select pg_advisory_xact_lock({LockKey})", ct);
            await ExecuteAsync(connection, string.Join("; ", Sql(logins, await ExistingAsync(connection, logins, ct))), ct);
            await transaction.CommitAsync(ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new CannotStartException(
                $"Salus:Postgres leads to a role that may not make roles, and those of the application are missing or have another password. Give it CREATEROLE, or let an administrator of the server run: {string.Join("; ", Sql(logins, await ExistingAsync(connection, logins, ct)))};",
                e);
        }
    }

    private async Task<bool> AreThereAsync(NpgsqlConnection connection, string[] logins, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            select r.rolname, r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb or r.rolreplication or pg_has_role(r.oid, current_user, 'member')
            from pg_roles r where r.rolname = any($1)
                and (r.rolname = any($2) or exists (select from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = r.oid and m.inherit_option and g.rolname = $3))
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [Names.App, .. logins] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [Names.App, Names.System] });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Names.App });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = 0;
        for (; await reader.ReadAsync(ct); found++)
        {
            if (reader.GetBoolean(1))
            {
                throw new CannotStartException(
                    $"The role {reader.GetString(0)} of the database may do more than it should: it is, or may become, a superuser, the owner, or one that makes roles or databases or passes row-level security. Take that away, or drop the role so that Salus makes it anew.");
            }
        }

        return found == logins.Length + 1;
    }

    private async Task<bool> AreOpenAsync(string[] logins, CancellationToken ct)
    {
        foreach (var role in logins)
        {
            await using var sessions = Pool.Sessions(ConnectionString(role));
            try
            {
                await using var connection = await sessions.OpenConnectionAsync(ct);
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
            {
                return false;
            }
        }

        return true;
    }

    private async Task<HashSet<string>> ExistingAsync(NpgsqlConnection connection, string[] logins, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select rolname from pg_roles where rolname = any($1)", connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [Names.App, .. logins] });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var existing = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct))
        {
            existing.Add(reader.GetString(0));
        }

        return existing;
    }

    // Verifiers instead of passwords: the statements may be logged by the server, and shown to an administrator.
    private IEnumerable<string> Sql(string[] logins, HashSet<string> existing)
    {
        if (!existing.Contains(Names.App))
        {
            yield return $"create role {Quoted(Names.App)} nologin";
        }

        foreach (var role in logins)
        {
            yield return $"{(existing.Contains(role) ? "alter" : "create")} role {Quoted(role)} login password '{RolePassword.Verifier(secret, role)}'";
            if (role != Names.System)
            {
                yield return $"grant {Quoted(Names.App)} to {Quoted(role)} with inherit true, set false";
            }
        }
    }

    internal static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
#pragma warning disable CA2100 // Names are quoted; verifiers are made here.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(ct);
    }
}
