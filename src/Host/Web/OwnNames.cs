using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Salus.Host.Web;

/// <summary>The names under which this server answers.</summary>
internal static class OwnNames
{
    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "::1"];

    /// <summary>Names and addresses, those of IPv6 without brackets.</summary>
    /// <param name="address">Where it listens.</param>
    /// <param name="hosts">What was configured; when there is nothing, beyond loopback the machine's own name and addresses.</param>
    // An address in place of a name is safe: a page elsewhere cannot make its own name mean that address and keep its origin.
    public static IReadOnlyList<string> Of(IPAddress address, IReadOnlyList<string> hosts)
    {
        var names = Loopback.Concat(hosts).ToList();
        if (!IPAddress.IsLoopback(address))
        {
            names.AddRange(IsAny(address) ? Addresses() : [address.ToString()]);
            if (hosts.Count == 0)
            {
                names.Add(Environment.MachineName.ToLowerInvariant());
            }
        }
        else
        {
            names.Add(address.ToString());
        }

        return [.. names.Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>As it stands in an address of the web.</summary>
    public static string InUrl(string name) => name.Contains(':', StringComparison.Ordinal) ? $"[{name}]" : name;

    public static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static IEnumerable<string> Addresses() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(i => i.OperationalStatus == OperationalStatus.Up)
        .SelectMany(i => i.GetIPProperties().UnicastAddresses)
        .Select(a => a.Address)
        // Those of a link alone need a zone, which stands in no certificate.
        .Where(a => a.AddressFamily == AddressFamily.InterNetwork || !a.IsIPv6LinkLocal)
        .Select(a => a.ToString());
}
