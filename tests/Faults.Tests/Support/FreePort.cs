using System.Net;
using System.Net.Sockets;

namespace Salus.Faults.Tests.Support;

/// <summary>A loopback port for a server that comes back at the same address.</summary>
internal static class FreePort
{
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static Uri Address(int port) => new($"http://127.0.0.1:{port}");
}
