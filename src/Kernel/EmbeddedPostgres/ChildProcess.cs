using System.ComponentModel;
using System.Diagnostics;

namespace Salus.Kernel.EmbeddedPostgres;

/// <summary>What a short-lived program left behind.</summary>
internal sealed record ChildResult(int ExitCode, string Output)
{
    public string LastLine => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "";
}

/// <summary>Starts programs, as another account where one is given.</summary>
internal static class ChildProcess
{
    /// <summary>Runs a program to its end; its output and error output come back as one text.</summary>
    public static async Task<ChildResult> RunAsync(string program, IEnumerable<string> arguments, OsAccount? account, CancellationToken ct)
    {
        using var process = Start(Describe(program, arguments, account));
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var errors = process.StandardError.ReadToEndAsync(ct);
            await Task.WhenAll(output, errors, process.WaitForExitAsync(ct));
            return new ChildResult(process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    public static ProcessStartInfo Describe(string program, IEnumerable<string> arguments, OsAccount? account)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            // The current folder may be closed to the account.
            WorkingDirectory = Path.GetPathRoot(program) is { Length: > 0 } root ? root : "/",
        };
        if (account is not null && !OperatingSystem.IsWindows())
        {
            start.UserName = account.Name;
        }

        // Messages are matched and shown in English; settings of a surrounding PostgreSQL must not leak in.
        start.Environment["LC_ALL"] = "C";
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("PG", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        return start;
    }

    /// <exception cref="CannotStartException">The program is missing, not executable, or the account cannot be taken on.</exception>
    public static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new CannotStartException($"{start.FileName} did not start.");
        }
        catch (Win32Exception e)
        {
            var account = string.IsNullOrEmpty(start.UserName) ? "" : $" as the account '{start.UserName}'";
            throw new CannotStartException($"{start.FileName} cannot be run{account}: {e.Message}. Check its rights, and Salus:PostgresAccount.", e);
        }
    }
}
