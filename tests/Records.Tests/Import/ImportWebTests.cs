using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Salus.Records.Import.Bulk;

namespace Salus.Records.Tests.Import;

/// <summary>What a source answers, header by header.</summary>
public sealed class ImportWebTests
{
    [Theory]
    [InlineData("Content-Length", "200 OK", "Content-Length: -5")]
    [InlineData("byte 0", "206 Partial Content", "Content-Range: bytes 99999999999-1/5", "Content-Length: -5")]
    [InlineData("byte 0", "206 Partial Content", "Content-Range: bytes 99999999999-1/5", "Content-Length: 0")]
    [InlineData("byte 0", "206 Partial Content", "Content-Length: 0")]
    [InlineData("byte 0", "206 Partial Content", "Content-Range: bytes 2-4/5", "Content-Length: 3")]
    public async Task A_broken_answer_is_no_empty_file(string reason, string status, params string[] headers)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = AnswerAsync(listener, $"HTTP/1.1 {status}\r\n{string.Join("\r\n", headers)}\r\nConnection: close\r\n\r\nabc");
        using var web = new ImportWeb(TimeProvider.System);
        await using var stream = web.Open(new Uri($"http://{listener.LocalEndpoint}/p.ndjson"), 0, null);
        var wrong = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(stream));
        Assert.True(wrong.Message.Contains(reason, StringComparison.Ordinal) || wrong.Message.Contains("Content-Length", StringComparison.Ordinal), wrong.Message);
        await serving;
    }

    [Fact]
    public async Task A_server_that_gives_parts_is_asked_for_the_rest()
    {
        await using var files = new FileServer();
        var content = "abcdefgh"u8.ToArray();
        var url = files.Add("/files/parts", async http =>
        {
            var from = http.Request.GetTypedHeaders().Range is { } range ? (int)range.Ranges.First().From!.Value : 0;
            var count = Math.Min(3, content.Length - from);
            http.Response.StatusCode = count > 0 ? 206 : 416;
            http.Response.Headers.ContentRange = count > 0 ? $"bytes {from}-{from + count - 1}/{content.Length}" : $"bytes */{content.Length}";
            await http.Response.Body.WriteAsync(content.AsMemory(from, count));
        });
        using var web = new ImportWeb(TimeProvider.System);
        await using var stream = web.Open(new Uri(url), 0, null);
        Assert.Equal("abcdefgh", await ReadAsync(stream));
    }

    private static async Task<string> ReadAsync(WebStream stream)
    {
        var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return Encoding.UTF8.GetString(all.ToArray());
    }

    private static async Task AnswerAsync(TcpListener listener, string answer)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        var buffer = new byte[4096];
        for (var text = ""; !text.EndsWith("\r\n\r\n", StringComparison.Ordinal);)
        {
            var read = await stream.ReadAsync(buffer);
            text += read > 0 ? Encoding.ASCII.GetString(buffer, 0, read) : throw new IOException("The client went away.");
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
    }
}
