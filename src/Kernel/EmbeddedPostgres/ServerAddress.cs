using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Salus.Kernel.EmbeddedPostgres;

/// <summary>Where the embedded server listens: a folder with a socket that only its account (and root) may enter, or a loopback port on Windows.</summary>
internal sealed record ServerAddress(string? SocketFolder, int Port)
{
    // sun_path is 108 bytes on Linux and 104 on macOS; the file in the folder is ".s.PGSQL.5432.lock" at its longest.
    private const int LongestFolder = 84;
    private const string TemporaryPrefix = "salus-socket-";

    public string Host => SocketFolder ?? "127.0.0.1";

    public static async Task<ServerAddress> ChooseAsync(ClusterFolder cluster, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows())
        {
            return new ServerAddress(null, FreePort());
        }

        var folder = Path.Combine(cluster.Data, "socket");
        // A comma separates hosts in a connection string.
        if (Encoding.UTF8.GetByteCount(folder) <= LongestFolder && !folder.Contains(',', StringComparison.Ordinal))
        {
            return new ServerAddress(folder, 5432);
        }

        // A new folder each time: one of a known name could have been prepared by somebody else.
        var shared = await FolderReach.BlockedAtAsync(Path.GetTempPath(), cluster.Account, ct) is null ? Path.GetTempPath() : "/tmp";
        folder = Path.Combine(shared, TemporaryPrefix + RandomNumberGenerator.GetHexString(16, lowercase: true));
        return new ServerAddress(folder, 5432);
    }

    /// <summary>Makes the socket's folder, also when an end of the server took it away.</summary>
    public void MakeFolder(OsAccount? account)
    {
        if (SocketFolder is not null)
        {
            Ownership.MakePrivateFolder(SocketFolder, account);
        }
    }

    /// <summary>Removes a short-lived socket folder; also the one that an earlier server named in its <c>postmaster.pid</c>.</summary>
    public static void RemoveTemporary(string? folder)
    {
        if (folder is not null && Path.GetFileName(folder).StartsWith(TemporaryPrefix, StringComparison.Ordinal) && Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
