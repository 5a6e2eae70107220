using System.Diagnostics;
using Salus.TestSupport;

namespace Salus.Kafka.Tests.Support;

/// <summary>Where the library is.</summary>
internal static class MockLibrary
{
    /// <summary>Its file; null where it was not built.</summary>
    public static string? File { get; } = Environment.GetEnvironmentVariable("SALUS_LIBRDKAFKA") is { Length: > 0 } named && System.IO.File.Exists(named) ? named : Built();

    private static string? Built()
    {
        var script = Path.Combine(Sources.Root, "eng", "get-librdkafka.sh");
        var start = new ProcessStartInfo("bash", [script, "--built"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            var line = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? line : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
