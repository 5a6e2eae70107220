using System.Diagnostics;

namespace Salus.Kernel.EmbeddedPostgres;

/// <summary>
/// Start and stop through pg_ctl, which gives up an administrator's rights for the server. There is no lifeline here: a server that outlives a
/// killed Salus is ended at the next start. Not tried on a machine yet.
/// </summary>
internal static class WindowsServer
{
    public static async Task<Process> StartAsync(PostgresBinaries binaries, ClusterFolder cluster, int seconds, CancellationToken ct)
    {
        await ControlAsync(binaries, ["start", "-D", cluster.Path, "-l", cluster.Log, "-w", "-t", $"{seconds}"], ct);
        return cluster.Postmaster is { } file
            ? Process.GetProcessById(file.Process)
            : throw new CannotStartException($"PostgreSQL did not start; its log is {cluster.Log}.");
    }

    public static Task StopAsync(PostgresBinaries binaries, ClusterFolder cluster, CancellationToken ct) =>
        ControlAsync(binaries, ["stop", "-D", cluster.Path, "-m", "fast", "-W"], ct);

    /// <summary>Ends a server that is still there; does nothing without one.</summary>
    public static Task EndOrphanAsync(PostgresBinaries binaries, ClusterFolder cluster, CancellationToken ct) =>
        cluster.Postmaster is null ? Task.CompletedTask : ControlAsync(binaries, ["stop", "-D", cluster.Path, "-m", "fast", "-w"], ct);

    // Nothing is redirected: the server would inherit the pipes and keep them open for as long as it runs.
    private static async Task ControlAsync(PostgresBinaries binaries, string[] arguments, CancellationToken ct)
    {
        using var control = ChildProcess.Start(new ProcessStartInfo(binaries.Program("pg_ctl"), arguments) { UseShellExecute = false, CreateNoWindow = true });
        await control.WaitForExitAsync(ct);
    }
}
