using Npgsql;

namespace Salus.Kernel;

/// <summary>The settings of PostgreSQL on which it rests that nothing acknowledged is lost.</summary>
internal static class Durability
{
    private static readonly string[] Names = ["fsync", "synchronous_commit", "full_page_writes"];

    // How PostgreSQL lets "off" be written: any beginning that says which it is.
    private static readonly string[] Off = ["off", "of", "false", "fals", "fal", "fa", "f", "no", "n", "0"];

    /// <summary>Refuses settings for the embedded server that may lose data, before it runs with them.</summary>
    /// <exception cref="CannotStartException">There is one, and <see cref="KernelOptions.AllowDataLoss"/> is not set.</exception>
    public static void Check(KernelOptions options)
    {
        foreach (var (name, value) in options.PostgresSettings)
        {
            if (Names.Contains(name, StringComparer.OrdinalIgnoreCase) && Off.Contains(value.Trim(), StringComparer.OrdinalIgnoreCase))
            {
                RefuseUnlessAllowed(options, $"Salus:PostgresSettings:{name}={value}");
            }
        }
    }

    /// <summary>Those that are off in a session, as <c>name=off</c>.</summary>
    public static async Task<IReadOnlyList<string>> LossyAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select name || '=off' from pg_settings where name = any($1) and setting = 'off' order by name", connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = Names });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var lossy = new List<string>();
        while (await reader.ReadAsync(ct))
        {
            lossy.Add(reader.GetString(0));
        }

        return lossy;
    }

    public static void RefuseUnlessAllowed(KernelOptions options, string setting)
    {
        if (!options.AllowDataLoss)
        {
            throw new CannotStartException(
                $"{setting} can lose what was acknowledged when the machine or PostgreSQL stops at the wrong moment. Leave it out; or, where the data may be lost, say so with Salus:AllowDataLoss=true.");
        }
    }
}
