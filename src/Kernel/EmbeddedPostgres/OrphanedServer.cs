using System.Diagnostics;
using System.Runtime.Versioning;

namespace Salus.Kernel.EmbeddedPostgres;

/// <summary>
/// A server that still runs on our data folder although nobody we know of started it: Salus was killed in a way that its lifeline did not notice.
/// Called only while the data folder's lock is ours.
/// </summary>
internal static class OrphanedServer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);

    /// <summary>Ends it, and its remaining children; returns their number (usually none).</summary>
    /// <exception cref="CannotStartException">It does not end.</exception>
    public static async Task<int> EndAsync(PostgresBinaries binaries, ClusterFolder folder, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows())
        {
            await WindowsServer.EndOrphanAsync(binaries, folder, ct);
            return 0;
        }

        if (folder.Postmaster is { } left)
        {
            return await EndAsync(folder.Path, left, ct);
        }

        // A file that cannot be read (cut off by a full disk or a power failure) would keep PostgreSQL from starting. The folder is ours, and nobody runs on it.
        if (File.Exists(PostmasterFile.PathIn(folder.Path)) && (!OperatingSystem.IsLinux() || ProcessesIn(folder.Path).Count == 0))
        {
            File.Delete(PostmasterFile.PathIn(folder.Path));
        }

        return 0;
    }

    [UnsupportedOSPlatform("windows")]
    private static async Task<int> EndAsync(string cluster, PostmasterFile left, CancellationToken ct)
    {
        var found = ServersOn(cluster, left);
        if (found.Count == 0)
        {
            Forget(cluster, left);
            return 0;
        }

        foreach (var signal in new[] { Libc.Interrupt, Libc.Quit, Libc.Kill })
        {
            var running = ServersOn(cluster, left);
            // The parent ends its children by itself; without it each has to be told.
            foreach (var process in running.Contains(left.Process) ? [left.Process] : running)
            {
                _ = Libc.Signal(process, signal);
            }

            if (await GoneAsync(cluster, left, signal == Libc.Interrupt ? Patience : Patience / 3, ct))
            {
                ServerAddress.RemoveTemporary(left.SocketFolder);
                return found.Count;
            }
        }

        throw new CannotStartException($"A PostgreSQL (process {left.Process}) still runs on {cluster} and does not end. End it by hand, then start Salus again.");
    }

    // The number in the file now belongs to another program. PostgreSQL would take that for a running server and refuse to start.
    // When the process is gone the file stays: PostgreSQL reads from it which shared memory to look for.
    [UnsupportedOSPlatform("windows")]
    private static void Forget(string cluster, PostmasterFile left)
    {
        if (Libc.Signal(left.Process, 0) == 0)
        {
            File.Delete(PostmasterFile.PathIn(cluster));
        }

        ServerAddress.RemoveTemporary(left.SocketFolder);
    }

    [UnsupportedOSPlatform("windows")]
    private static async Task<bool> GoneAsync(string cluster, PostmasterFile left, TimeSpan patience, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        while (ServersOn(cluster, left).Count > 0)
        {
            if (clock.Elapsed > patience)
            {
                return false;
            }

            await Task.Delay(Glance, ct);
        }

        return true;
    }

    private static List<int> ServersOn(string cluster, PostmasterFile left) =>
        OperatingSystem.IsLinux() ? ProcessesIn(cluster) : LooksLikeServer(left.Process) ? [left.Process] : [];

    // Every process of a server has the data folder as its current one, and our binary: more certain than a command line.
    private static List<int> ProcessesIn(string cluster)
    {
        using var marker = File.OpenHandle(Path.Combine(cluster, "PG_VERSION"), share: FileShare.ReadWrite);
        var real = Path.GetDirectoryName(new FileInfo($"/proc/self/fd/{marker.DangerousGetHandle()}").LinkTarget);
        var found = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var process) && LinkOf(folder, "cwd") == real
                && Path.GetFileName(LinkOf(folder, "exe"))?.StartsWith("postgres", StringComparison.Ordinal) == true)
            {
                found.Add(process);
            }
        }

        return found;
    }

    private static string? LinkOf(string process, string name)
    {
        try
        {
            return new FileInfo(Path.Combine(process, name)).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or belongs to somebody else.
            return null;
        }
    }

    // Without /proc (macOS): the name of the program has to do.
    private static bool LooksLikeServer(int process)
    {
        try
        {
            using var running = Process.GetProcessById(process);
            return running.ProcessName == "postgres";
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
