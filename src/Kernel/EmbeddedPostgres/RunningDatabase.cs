using System.Globalization;
using Npgsql;
using Salus.Kernel.EmbeddedPostgres;

namespace Salus.Kernel;

/// <summary>The built-in PostgreSQL of a Salus that runs on a data folder already, for a command that works beside it.</summary>
public static class RunningDatabase
{
    // https://www.postgresql.org/docs/18/storage-file-layout.html: the lines of postmaster.pid.
    private const int PortLine = 3;
    private const int SocketLine = 4;

    /// <summary>How to connect to it, password included: for <see cref="KernelOptions.Postgres"/>, never to be shown. Null when none answers on that folder.</summary>
    /// <param name="folder">The data folder.</param>
    public static async Task<string?> FindAsync(string folder, CancellationToken ct)
    {
        var file = PostmasterFile.PathIn(Path.Combine(folder, "postgres"));
        var password = Path.Combine(folder, "postgres.password");
        try
        {
            if (!File.Exists(file) || !File.Exists(password))
            {
                return null;
            }

            var lines = await File.ReadAllLinesAsync(file, ct);
            var settings = new NpgsqlConnectionStringBuilder
            {
                Host = lines.ElementAtOrDefault(SocketLine)?.Trim() is { Length: > 0 } socket ? socket : "127.0.0.1",
                Port = int.Parse(lines[PortLine], CultureInfo.InvariantCulture),
                Username = EmbeddedServer.Role,
                Password = (await File.ReadAllTextAsync(password, ct)).Trim(),
                Database = EmbeddedServer.Role,
            };
            await using var connection = new NpgsqlConnection(settings.ConnectionString + ";Pooling=false;Timeout=5");
            await connection.OpenAsync(ct);
            return settings.ConnectionString;
        }
        // Left behind by one that was killed, or not complete yet.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException or NpgsqlException or System.Net.Sockets.SocketException)
        {
            return null;
        }
    }
}
