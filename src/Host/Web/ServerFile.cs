using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Salus.Kernel;

namespace Salus.Host.Web;

/// <summary><c>server.json</c> in the data folder: tells commands on this machine where the server of that folder answers. Removed at the end.</summary>
internal sealed class ServerFile : IAsyncDisposable
{
    private readonly string? path;
    private readonly string url;

    private ServerFile(string? path, string url)
    {
        this.path = path;
        this.url = url;
    }

    public static async Task<ServerFile> WriteAsync(WebApplication app)
    {
        var url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var folder = app.Services.GetRequiredService<Database>().Folder;
        if (folder is null)
        {
            return new ServerFile(null, url);
        }

        // With an outside PostgreSQL nobody else has made it.
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "server.json");
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(new { url, pid = Environment.ProcessId }));
        return new ServerFile(path, url);
    }

    /// <summary>Tells a person where to look.</summary>
    public void Print()
    {
        Console.WriteLine();
        Console.WriteLine($"  Salus is ready: {url}");
        Console.WriteLine($"  FHIR API:       {url}/fhir/metadata");
        Console.WriteLine($"  Health:         {url}/readyz   Metrics: {url}/metrics");
        Console.WriteLine("  Stop it with Ctrl-C.");
        Console.WriteLine();
    }

    public ValueTask DisposeAsync()
    {
        if (path is not null)
        {
            File.Delete(path);
        }

        return ValueTask.CompletedTask;
    }
}
