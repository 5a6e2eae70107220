using System.Diagnostics;
using System.Text.Json;
using Salus.Kernel;
using Salus.Records;

namespace Salus.Host.Commands;

/// <summary>Where an import goes: the server that was named, the one that runs on the data folder, or the record itself, opened in this process.</summary>
internal sealed class ImportDestination : IAsyncDisposable
{
    private readonly RecordProcess? record;

    private ImportDestination(Importer importer, string description, RecordProcess? record)
    {
        Importer = importer;
        Description = description;
        this.record = record;
    }

    public Importer Importer { get; }

    /// <summary>For the user's eyes.</summary>
    public string Description { get; }

    /// <exception cref="CannotStartException">The address is none, or the record cannot be opened.</exception>
    public static async Task<ImportDestination> OpenAsync(string? server, string? data, CancellationToken ct)
    {
        var builder = RecordHost.Builder(data);
        var options = ConfiguredOptions.Read<RecordsOptions>(builder.Configuration, "Salus:Records");
        if (server is not null)
        {
            return Uri.TryCreate(server, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
                ? new(Importer.IntoServer(address, options, TimeProvider.System), $"the server {server}", null)
                : throw new CannotStartException($"--server is '{server}'; it takes an address such as http://127.0.0.1:8080.");
        }

        var folder = await RecordHost.FolderAsync(builder, ct);
        if (folder is not null && await RunningAsync(folder, ct) is { } running)
        {
            return new(Importer.IntoServer(running, options, TimeProvider.System), $"the server {running}, which runs on {folder}", null);
        }

        var record = await RecordProcess.StartAsync(builder, RecordHost.Describe(await RecordHost.EmbeddedAsync(builder, ct)), ct);
        return new(Importer.IntoRecord(record.Services), record.Description, record);
    }

    public async ValueTask DisposeAsync()
    {
        Importer.Dispose();
        if (record is not null)
        {
            await record.DisposeAsync();
        }
    }

    private static async Task<Uri?> RunningAsync(string folder, CancellationToken ct)
    {
        try
        {
            using var file = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "server.json"), ct));
            var url = new Uri(file.RootElement.GetProperty("url").GetString()!);
            using var process = Process.GetProcessById(file.RootElement.GetProperty("pid").GetInt32());
            using var http = new HttpClient(new SocketsHttpHandler()) { Timeout = TimeSpan.FromSeconds(5) };
            using var answer = await http.GetAsync(new Uri(url, "/healthz"), ct);
            return answer.IsSuccessStatusCode ? url : null;
        }
        // No file, or one that a server left behind when it was killed.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException
            or ArgumentException or UriFormatException or HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            return null;
        }
    }
}
