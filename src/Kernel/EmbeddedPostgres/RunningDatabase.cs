using Npgsql;
using Salus.Kernel.EmbeddedPostgres;

namespace Salus.Kernel;

/// <summary>The built-in PostgreSQL of a Salus that runs on a data folder already, for a command that works beside it.</summary>
public static class RunningDatabase
{
    /// <summary>How to connect to it, password included: for <see cref="KernelOptions.Postgres"/>, never to be shown. Null when none answers on that folder.</summary>
    /// <param name="folder">The data folder.</param>
    public static async Task<string?> FindAsync(string folder, CancellationToken ct)
    {
        var password = Path.Combine(folder, "postgres.password");
        try
        {
            // Without a port it is not complete yet.
            if (PostmasterFile.Read(Path.Combine(folder, "postgres")) is not { Port: > 0 } running || !File.Exists(password))
            {
                return null;
            }

            var settings = new NpgsqlConnectionStringBuilder
            {
                Host = running.SocketFolder.Length > 0 ? running.SocketFolder : "127.0.0.1",
                Port = running.Port,
                Username = EmbeddedServer.Role,
                Password = (await File.ReadAllTextAsync(password, ct)).Trim(),
                Database = EmbeddedServer.Role,
            };
            await using var connection = new NpgsqlConnection(settings.ConnectionString + ";Pooling=false;Timeout=5");
            await connection.OpenAsync(ct);
            return settings.ConnectionString;
        }
        // Left behind by one that was killed.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NpgsqlException or System.Net.Sockets.SocketException)
        {
            return null;
        }
    }
}
