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

    /// <param name="token">A bearer token for the server; null for none, or for the key of the one that runs on the data folder.</param>
    /// <exception cref="CannotStartException">The address is none, or the record cannot be opened.</exception>
    public static async Task<ImportDestination> OpenAsync(string? server, string? data, string? token, CancellationToken ct)
    {
        var builder = RecordHost.Builder(data);
        var options = ConfiguredOptions.Read<RecordsOptions>(builder.Configuration, "Salus:Records");
        if (server is not null)
        {
            return Uri.TryCreate(server, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
                ? new(Importer.IntoServer(address, options, TimeProvider.System, token), $"the server {server}", null)
                : throw new CannotStartException($"--server is '{server}'; it takes an address such as http://127.0.0.1:8080.");
        }

        var folder = await RecordHost.FolderAsync(builder, ct);
        if (folder is not null && await RunningServer.FindAsync(folder, ct) is { } running)
        {
            return new(Importer.IntoServer(running.Address, options, TimeProvider.System, token ?? running.Key, running.Tls), $"the server {running.Address}, which runs on {folder}", null);
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
}
