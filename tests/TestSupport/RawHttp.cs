using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Salus.TestSupport;

/// <summary>HTTP as bytes, for requests that a client library does not send.</summary>
public static class RawHttp
{
    /// <summary>Sends a request as it stands and reads until the server closes: add <c>Connection: close</c>.</summary>
    /// <returns>The status, the header lines, and the body.</returns>
    public static async Task<(int Status, string Headers, string Body)> SendAsync(Uri server, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port);
        await using var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(request));
        }
        catch (IOException)
        {
            // The server has answered and closed before it took everything.
        }

        using var reader = new StreamReader(stream, Encoding.UTF8);
        var answer = await reader.ReadToEndAsync();
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return (int.Parse(answer.AsSpan(9, 3), CultureInfo.InvariantCulture), answer[..end], answer[(end + 4)..]);
    }
}
