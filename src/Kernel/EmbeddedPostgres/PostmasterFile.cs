using System.Globalization;

namespace Salus.Kernel.EmbeddedPostgres;

/// <summary>
/// <c>postmaster.pid</c>, as a running server writes it: process, data folder, start, port, socket folder, address, shared memory, status
/// (https://www.postgresql.org/docs/18/storage-file-layout.html).
/// </summary>
internal sealed record PostmasterFile(int Process, int Port, string SocketFolder, string Status)
{
    public bool Ready => Status == "ready";

    public static string PathIn(string cluster) => Path.Combine(cluster, "postmaster.pid");

    /// <summary>The file's content; null when it is not there or not complete yet.</summary>
    public static PostmasterFile? Read(string cluster)
    {
        try
        {
            var lines = File.ReadAllLines(PathIn(cluster));
            return lines.Length > 0 && int.TryParse(lines[0], CultureInfo.InvariantCulture, out var process) && process > 0
                ? new PostmasterFile(process, int.TryParse(lines.ElementAtOrDefault(3), CultureInfo.InvariantCulture, out var port) ? port : 0, lines.ElementAtOrDefault(4)?.Trim() ?? "", lines.ElementAtOrDefault(7)?.Trim() ?? "")
                : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
