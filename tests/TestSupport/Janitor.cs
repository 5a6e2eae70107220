using System.Diagnostics;

namespace Salus.TestSupport;

/// <summary>
/// Removes a folder when this process is gone. A test runner gives its processes no time to clean up, so a shell waits for the end of our pipe,
/// then for the server to end, and removes it.
/// </summary>
internal static class Janitor
{
    private const string Script = """
        trap '' INT HUP TERM
        while read -r _; do :; done
        for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
          [ -e "$1/data/postgres/postmaster.pid" ] || break
          sleep 0.25
        done
        rm -rf "$1"
        """;

    // Kept so that the pipe stays open until the process ends.
    private static readonly List<Process> Shells = [];

    public static void Watch(TestFolder folder)
    {
        if (OperatingSystem.IsWindows())
        {
            // The next test process removes it: TestServer.RemoveLeftovers.
            return;
        }

        var start = new ProcessStartInfo("/bin/sh", ["-c", Script, "janitor", folder.Path])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Shells.Add(Process.Start(start)!);
    }
}
