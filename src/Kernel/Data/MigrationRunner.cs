using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Salus.Kernel.Metrics;

namespace Salus.Kernel;

/// <summary>
/// Brings the tables of all modules to the state this program needs, forward only. Safe when several processes do it at once: one works,
/// the others wait. Interrupted, it goes on where it was.
/// </summary>
public sealed class MigrationRunner(Database database, IEnumerable<MigrationSet> sets, ILogger<MigrationRunner>? logger = null)
{
    // "salus" in ASCII: the key of the session lock that all Salus processes of one database share.
    private const long LockKey = 0x73616C7573;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ILogger log = logger ?? NullLogger<MigrationRunner>.Instance;

    /// <summary>Whether <see cref="RunAsync"/> has ended well in this process.</summary>
    public bool Done { get; private set; }

    /// <summary>Applies what is missing; returns how many files that were.</summary>
    /// <exception cref="CannotStartException">A file fails, or the database does not fit this program. What was applied before it stays.</exception>
    public async Task<int> RunAsync(CancellationToken ct = default)
    {
        await using var sessions = Pool.Sessions(database.ConnectionString);
        await using var connection = await sessions.OpenConnectionAsync(ct);
        await LockAsync(connection, ct);
        var applied = 0;
        await ExecuteAsync(
            connection,
            """
            create schema if not exists kernel;
            create table if not exists kernel.migration (
                module text not null,
                name text not null,
                sha256 text not null,
                applied_at timestamptz not null default now(),
                primary key (module, name))
            """,
            ct);
        foreach (var set in sets)
        {
            applied += await ApplyAsync(connection, set, ct);
        }

        await new Walls(database.Roles, [.. sets]).RaiseAsync(connection, ct);
        if (await LeakproofFunctions.MarkAsync(connection, ct) is { Count: > 0 } unmarked)
        {
            log.SlowSearches(LeakproofFunctions.Sql(unmarked).TrimEnd());
        }

        // The session ends here, and its lock with it.
        Done = true;
        return applied;
    }

    /// <summary>The files that <see cref="RunAsync"/> would apply, as module/name. Changes nothing and waits for nobody.</summary>
    /// <exception cref="CannotStartException">The database does not fit this program.</exception>
    public async Task<IReadOnlyList<string>> MissingAsync(CancellationToken ct = default)
    {
        await using var connection = await database.Owner.OpenConnectionAsync(ct);
        await using var look = new NpgsqlCommand("select to_regclass('kernel.migration') is not null", connection);
        var any = await look.ExecuteScalarAsync(ct) is true;
        var missing = new List<string>();
        foreach (var set in sets)
        {
            var history = new MigrationHistory(set.Module, any ? await AppliedAsync(connection, set.Module, ct) : []);
            missing.AddRange(history.Missing(Migration.Of(set)).Select(m => $"{set.Module}/{m.Name}"));
            if (missing.Count == 0 && !await IsOpenAsync(connection, set.Module, ct))
            {
                missing.Add($"{set.Module}/rights of the role {database.Roles.System}");
            }
        }

        return missing;
    }

    // A database that a Salus without roles has migrated.
    private async Task<bool> IsOpenAsync(NpgsqlConnection connection, string schema, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select has_schema_privilege($1, $2, 'usage')", connection)
        {
            Parameters = { new() { Value = database.Roles.System }, new() { Value = schema } },
        };
        return await command.ExecuteScalarAsync(ct) is true;
    }

    // Asked again and again instead of waited for in the server: a statement that waits holds a snapshot, and an index that the other process
    // creates concurrently waits for that snapshot to end. PostgreSQL calls it a deadlock.
    private static async Task LockAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var attempt = new NpgsqlCommand($"select pg_try_advisory_lock({LockKey})", connection);
        while (await attempt.ExecuteScalarAsync(ct) is not true)
        {
            await Task.Delay(Pause, ct);
        }
    }

    private async Task<int> ApplyAsync(NpgsqlConnection connection, MigrationSet set, CancellationToken ct)
    {
        var files = Migration.Of(set);
        var history = new MigrationHistory(set.Module, await AppliedAsync(connection, set.Module, ct));
        var missing = history.Missing(files);
        if (missing.Count > 0)
        {
            await ExecuteAsync(connection, $"create schema if not exists \"{set.Module}\"", ct);
        }

        foreach (var migration in missing)
        {
            var clock = Stopwatch.StartNew();
            await ApplyAsync(connection, set.Module, migration, ct);
            KernelMeter.Migrations.Add(1);
            log.MigrationApplied(set.Module, migration.Name, (long)clock.Elapsed.TotalMilliseconds);
        }

        return missing.Count;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, string module, Migration migration, CancellationToken ct)
    {
        try
        {
            await using var transaction = migration.Transactional ? await connection.BeginTransactionAsync(ct) : null;
            await ExecuteAsync(connection, migration.Sql, ct);
            await using var record = new NpgsqlCommand("insert into kernel.migration (module, name, sha256) values ($1, $2, $3)", connection, transaction)
            {
                Parameters = { new() { Value = module }, new() { Value = migration.Name }, new() { Value = migration.Sha256 } },
            };
            await record.ExecuteNonQueryAsync(ct);
            if (transaction is not null)
            {
                await transaction.CommitAsync(ct);
            }
        }
        catch (PostgresException e)
        {
            var extent = migration.Transactional ? "Nothing of it was kept" : "It runs outside a transaction and may have been done in part";
            throw new CannotStartException($"Migration {module}/{migration.Name} failed: {e.MessageText} ({e.SqlState}). {extent}; it is tried again at the next start.", e);
        }
    }

    private static async Task<Dictionary<string, string>> AppliedAsync(NpgsqlConnection connection, string module, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select name, sha256 from kernel.migration where module = $1", connection) { Parameters = { new() { Value = module } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var applied = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct))
        {
            applied.Add(reader.GetString(0), reader.GetString(1));
        }

        return applied;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
#pragma warning disable CA2100 // The text is a file of the program, or written in this class.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(ct);
    }
}
