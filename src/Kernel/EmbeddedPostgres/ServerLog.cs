namespace Salus.Kernel.EmbeddedPostgres;

/// <summary>The embedded server's own log file.</summary>
internal static class ServerLog
{
    private const long Largest = 16 * 1024 * 1024;

    /// <summary>Makes the file ready for the next start; a large one becomes <c>postgres.log.1</c>, and the one before that goes. Returns its length.</summary>
    public static long Prepare(ClusterFolder cluster)
    {
        var file = new FileInfo(cluster.Log);
        if (file.Exists && file.Length > Largest)
        {
            File.Move(cluster.Log, cluster.Log + ".1", overwrite: true);
            file.Refresh();
        }

        if (!file.Exists)
        {
            Ownership.WritePrivateFile(cluster.Log, "", cluster.Account);
            return 0;
        }

        Ownership.Give(cluster.Log, cluster.Account);
        return file.Length;
    }

    /// <summary>Why the server gave up: the last FATAL or PANIC line after a place in the file.</summary>
    public static string Cause(ClusterFolder cluster, long from)
    {
        using var file = new FileStream(cluster.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(Math.Min(from, file.Length), SeekOrigin.Begin);
        using var reader = new StreamReader(file);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var cause = lines.LastOrDefault(l => l.Contains("FATAL:", StringComparison.Ordinal) || l.Contains("PANIC:", StringComparison.Ordinal)) ?? lines.LastOrDefault();
        return cause is null ? "it left no message" : cause[(cause.IndexOf("] ", StringComparison.Ordinal) is var at and >= 0 ? at + 2 : 0)..];
    }
}
