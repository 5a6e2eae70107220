using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Salus.Bench.Processes;

/// <summary>What one import took.</summary>
/// <param name="Seconds">As the import itself counts: from the first byte read to the last search that verifies.</param>
/// <param name="HostCpu">Seconds of <c>salus import</c> from start to end, JIT included.</param>
/// <param name="PostgresCpu">Seconds of its PostgreSQL, likewise.</param>
/// <param name="HostPeak">The most bytes that <c>salus import</c> had resident.</param>
/// <param name="PostgresPeak">The most that PostgreSQL had, shared buffers counted once.</param>
/// <param name="Wal">Bytes of write-ahead log, that of the migrations included.</param>
internal sealed record ImportRun(long Resources, double Seconds, double HostCpu, double PostgresCpu, long HostPeak, long PostgresPeak, long Wal)
{
    public double PerSecond => Resources / Seconds;
}

/// <summary>
/// <c>salus import</c> as a person runs it, into a data folder (the importer then works in that process, through its public API) or into a server, observed from
/// outside ten times a second.
/// </summary>
internal sealed partial class ImportProcess
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);
    private readonly List<string> lines = [];
    private readonly string folder;
    private readonly SalusServer? server;
    private double hostCpu;
    private double postgresCpu;
    private long hostPeak;
    private long postgresPeak;
    private long? firstWal;
    private long lastWal;

    private ImportProcess(string folder, SalusServer? server) => (this.folder, this.server) = (folder, server);

    /// <exception cref="InvalidOperationException">It did not store everything, or a search did not find everything afterwards.</exception>
    public static Task<ImportRun> RunAsync(string folder, params IReadOnlyCollection<string> paths) => new ImportProcess(folder, null).RunAsync(paths);

    /// <summary>The same into a server; CPU and memory are the server's.</summary>
    public static Task<ImportRun> RunAsync(SalusServer server, params IReadOnlyCollection<string> paths) => new ImportProcess(server.Folder, server).RunAsync(paths);

    private async Task<ImportRun> RunAsync(IReadOnlyCollection<string> paths)
    {
        string[] destination = server is null ? ["--data", folder] : ["--server", $"http://127.0.0.1:{server.Port}"];
        using var process = SalusServer.Start(SalusServer.Program, ["import", .. paths, .. destination, "--state", Path.Combine(folder, "bench-state"), "--restart"], Keep);
        var watched = server?.Id ?? process.Id;
        var (hostBefore, postgresBefore) = (server?.CpuSeconds ?? 0, 0.0);
        var ended = process.WaitForExitAsync();
        Postgres? postgres = null;
        while (await Task.WhenAny(ended, Task.Delay(Glance, TimeProvider.System)) != ended)
        {
            (hostCpu, hostPeak) = (Math.Max(hostCpu, ProcessUse.CpuSeconds(watched)), Math.Max(hostPeak, ProcessUse.Memory(watched, "VmHWM")));
            if (postgres is null && (postgres = Postgres.Find(folder)) is not null && server is not null)
            {
                postgresBefore = postgres.CpuSeconds;
            }

            Look(postgres);
        }

        await (postgres?.DisposeAsync() ?? ValueTask.CompletedTask);
        var output = string.Join('\n', lines);
        var match = Total().Match(output);
        return process.ExitCode == 0 && match.Success
            ? new(Number(match.Groups[1].Value), Number(match.Groups[2].Value.Replace(".", "", StringComparison.Ordinal)) / 10.0, hostCpu - hostBefore, postgresCpu - postgresBefore, hostPeak, postgresPeak, lastWal - (firstWal ?? lastWal))
            : throw new InvalidOperationException($"The import ended with {process.ExitCode}:\n{output}");
    }

    private void Look(Postgres? postgres)
    {
        if (postgres is null)
        {
            return;
        }

        try
        {
            (postgresCpu, postgresPeak) = (Math.Max(postgresCpu, postgres.CpuSeconds), Math.Max(postgresPeak, postgres.Memory));
            lastWal = postgres.Wal();
            firstWal ??= lastWal;
        }
        catch (Npgsql.NpgsqlException)
        {
            // Not open yet, or closing.
        }
    }

    private void Keep(string line)
    {
        lock (lines)
        {
            lines.Add(line);
        }
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^([\d,]+) resources in ([\d,]+\.\d) s", RegexOptions.Multiline)]
    private static partial Regex Total();
}
