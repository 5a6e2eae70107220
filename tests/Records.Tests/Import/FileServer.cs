using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Salus.Records.Tests.Import;

/// <summary>Somebody else's server with files, on Kestrel: below <c>/files/</c> what an import may read, beside it what it may not.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> files = new(StringComparer.Ordinal);
    private readonly WebApplication app;

    public FileServer()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Run(http => files.TryGetValue(http.Request.Path.Value!, out var answer) ? answer(http) : Task.FromResult(http.Response.StatusCode = 404));
        app.Start();
        Address = app.Urls.First();
    }

    public string Address { get; }

    /// <summary>Every request: its path and its Range.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>A file; returns its address.</summary>
    /// <param name="breaks">After how many bytes each of the first connections is cut.</param>
    /// <param name="ranges">Whether it knows Range.</param>
    public string Add(string path, byte[] content, int[]? breaks = null, bool ranges = true)
    {
        var cuts = new ConcurrentQueue<int>(breaks ?? []);
        return Add(path, async http =>
        {
            var from = ranges && http.Request.GetTypedHeaders().Range is { } range ? (int)range.Ranges.First().From!.Value : 0;
            http.Response.Headers.ETag = $"\"{content.Length}\"";
            if (from > 0)
            {
                http.Response.StatusCode = from < content.Length ? 206 : 416;
                http.Response.Headers.ContentRange = from < content.Length ? $"bytes {from}-{content.Length - 1}/{content.Length}" : $"bytes */{content.Length}";
            }

            http.Response.ContentLength = Math.Max(0, content.Length - from);
            var cut = cuts.TryDequeue(out var most) && most < content.Length - from;
            await http.Response.Body.WriteAsync(content.AsMemory(Math.Min(from, content.Length), cut ? most : Math.Max(0, content.Length - from)));
            // Less than was promised: what was sent arrives, and then the connection is closed.
            await http.Response.Body.FlushAsync();
        });
    }

    /// <summary>Anything; returns its address.</summary>
    public string Add(string path, Func<HttpContext, Task> answer)
    {
        files[path] = async http =>
        {
            Asked.Enqueue($"{path} {http.Request.Headers.Range}");
            await answer(http);
        };
        return Address + path;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
