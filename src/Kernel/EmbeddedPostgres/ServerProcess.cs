using System.Diagnostics;
using System.Globalization;

namespace Salus.Kernel.EmbeddedPostgres;

/// <summary>
/// A running server and its lifeline: a shell between us and it, whose input is our pipe. When we end, in whatever way, the pipe closes and the
/// shell interrupts the server (fast shutdown). When the server ends, the shell ends.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    // A session of its own keeps Ctrl+C in our terminal away from the server: it has to outlive the requests that are being answered.
    // The loop reads in the shell itself, so that ending the watcher leaves no child of it behind. A server that has just been started still ignores
    // signals, as the shell does: it is interrupted again until it ends. A TERM to all our processes at once (a service
    // manager) must not cut the lifeline.
    private const string Lifeline = """
        trap '' INT HUP QUIT TERM
        exec 3<&0
        leader=
        if command -v setsid >/dev/null 2>&1; then leader=setsid; fi
        $leader "$1" -D "$2" </dev/null >>"$3" 2>&1 3<&- &
        server=$!
        echo "$server"
        ( while read -r _; do :; done <&3; while kill -INT "$server"; do sleep 1; done ) >/dev/null 2>&1 &
        watcher=$!
        wait "$server"
        code=$?
        kill -KILL "$watcher" 2>/dev/null
        exit "$code"
        """;

    private readonly Process shell;
    private readonly Func<CancellationToken, Task> interrupt;

    private ServerProcess(Process shell, int server, Func<CancellationToken, Task> interrupt)
    {
        this.shell = shell;
        this.interrupt = interrupt;
        Server = server;
    }

    /// <summary>The server's process number.</summary>
    public int Server { get; }

    public bool Ended => shell.HasExited;

    public Task WaitForEndAsync(CancellationToken ct) => shell.WaitForExitAsync(ct);

    public static async Task<ServerProcess> StartAsync(PostgresBinaries binaries, ClusterFolder cluster, KernelOptions options, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows())
        {
            var process = await WindowsServer.StartAsync(binaries, cluster, options.PostgresStartSeconds, ct);
            return new ServerProcess(process, process.Id, stop => WindowsServer.StopAsync(binaries, cluster, stop));
        }

        var start = ChildProcess.Describe("/bin/sh", ["-c", Lifeline, "salus-postgres", binaries.Program("postgres"), cluster.Path, cluster.Log], cluster.Account);
        start.RedirectStandardError = false;
        var shell = ChildProcess.Start(start);
        var line = await shell.StandardOutput.ReadLineAsync(ct);
        return int.TryParse(line, CultureInfo.InvariantCulture, out var server)
            ? new ServerProcess(shell, server, _ => CloseAsync(shell))
            : throw new CannotStartException($"PostgreSQL did not start; its log is {cluster.Log}.");
    }

    /// <summary>Fast shutdown: sessions are ended, everything is written. True when it ended within the time.</summary>
    public async Task<bool> StopAsync(TimeSpan patience, CancellationToken ct)
    {
        if (shell.HasExited)
        {
            return true;
        }

        await interrupt(ct);
        try
        {
            await shell.WaitForExitAsync(ct).WaitAsync(patience, ct);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static Task CloseAsync(Process shell)
    {
        try
        {
            shell.StandardInput.Close();
        }
        catch (IOException)
        {
            // The shell ended at this moment.
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        shell.Dispose();
        return ValueTask.CompletedTask;
    }
}
