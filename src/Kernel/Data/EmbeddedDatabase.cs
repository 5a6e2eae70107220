using Npgsql;
using Salus.Kernel.EmbeddedPostgres;

namespace Salus.Kernel;

/// <summary>The database inside the embedded server.</summary>
internal static class EmbeddedDatabase
{
    /// <summary>Makes the database when it is not there: the first start, or one that was interrupted before this step.</summary>
    public static async Task EnsureAsync(NpgsqlDataSource pool, EmbeddedServer server, CancellationToken ct)
    {
        try
        {
            await using var probe = await pool.OpenConnectionAsync(ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            await using var sessions = Pool.Sessions(server.ConnectionString("postgres"));
            await using var create = sessions.CreateCommand($"create database {EmbeddedServer.Role}");
            await create.ExecuteNonQueryAsync(ct);
        }
    }
}
