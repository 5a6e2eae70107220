using System.Globalization;

namespace Salus.Kernel.EmbeddedPostgres;

/// <summary>The embedded server's settings file, written anew at each start.</summary>
internal static class ClusterSettings
{
    private const long MiB = 1024 * 1024;

    // What decides who can get at the record is not for a settings list.
    private static readonly string[] Refused =
    [
        "listen_addresses", "port", "unix_socket_directories", "data_directory", "hba_file", "ident_file", "config_file", "external_pid_file", "password_encryption",
    ];

    public static void Write(ClusterFolder cluster, ServerAddress address, KernelOptions options)
    {
        var lines = Settings(address, options).Select(s => $"{s.Key} = '{Quoted(s.Value)}'");
        var text = "# Written by Salus at each start. For settings of your own: Salus:PostgresSettings:<name>=<value>.\n" + string.Join('\n', lines) + "\n";
        Ownership.WritePrivateFile(Path.Combine(cluster.Path, "postgresql.conf"), text, cluster.Account);
    }

    private static Dictionary<string, string> Settings(ServerAddress address, KernelOptions options)
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / MiB;
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["listen_addresses"] = address.SocketFolder is null ? "127.0.0.1" : "",
            ["port"] = address.Port.ToString(CultureInfo.InvariantCulture),
            ["unix_socket_directories"] = address.SocketFolder ?? "",
            ["unix_socket_permissions"] = "0700",
            ["max_connections"] = Math.Max(64, (2 * Pools.Most(options)) + 16).ToString(CultureInfo.InvariantCulture),
            ["max_locks_per_transaction"] = "256",
            ["shared_buffers"] = $"{Math.Clamp(memory / 8, 128, 2048)}MB",
            ["effective_cache_size"] = $"{Math.Max(memory / 2, 256)}MB",
            ["work_mem"] = "16MB",
            ["maintenance_work_mem"] = "256MB",
            ["random_page_cost"] = "1.1",
            ["jit"] = "off",
            ["fsync"] = "on",
            ["synchronous_commit"] = "on",
            ["full_page_writes"] = "on",
            ["wal_compression"] = "pglz",
            ["max_wal_size"] = "4GB",
            ["min_wal_size"] = "512MB",
            ["checkpoint_timeout"] = "15min",
            ["checkpoint_completion_target"] = "0.9",
            ["timezone"] = "UTC",
            ["log_timezone"] = "UTC",
            ["datestyle"] = "iso, ymd",
            ["lc_messages"] = "C",
            ["log_destination"] = "stderr",
            ["logging_collector"] = "off",
            ["log_line_prefix"] = "%m [%p] ",
            // No statement, parameter or DETAIL line (which quotes key values) in a log: they hold patient data.
            ["log_error_verbosity"] = "terse",
            ["log_min_error_statement"] = "panic",
            ["log_parameter_max_length"] = "0",
            ["log_parameter_max_length_on_error"] = "0",
        };
        foreach (var (name, value) in options.PostgresSettings)
        {
            settings[Allowed(name)] = value;
        }

        return settings;
    }

    private static string Allowed(string name)
    {
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.'))
        {
            throw new CannotStartException($"Salus:PostgresSettings has '{name}', which is not the name of a PostgreSQL setting. Correct it or leave it out.");
        }

        return Refused.Contains(name, StringComparer.OrdinalIgnoreCase)
            ? throw new CannotStartException($"Salus:PostgresSettings:{name} belongs to Salus. Leave it out, or use a server of your own with Salus:Postgres.")
            : name;
    }

    private static string Quoted(string value) =>
        value.ReplaceLineEndings(" ").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal);
}
