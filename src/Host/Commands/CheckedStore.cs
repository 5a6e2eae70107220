using System.Data.Common;
using Salus.Access;
using Salus.Kernel;
using Salus.Records;

namespace Salus.Host.Commands;

/// <summary>The record to check: its database is started or connected to, and nothing else runs on it. No migration, no consumer, no new folder.</summary>
internal sealed class CheckedStore : IAsyncDisposable
{
    private readonly IHost host;

    private CheckedStore(IHost host, string description)
    {
        this.host = host;
        Description = description;
    }

    /// <summary>For the user's eyes.</summary>
    public string Description { get; }

    public RecordCheck Check => host.Services.GetRequiredService<RecordCheck>();

    public AuditCheck Audit => host.Services.GetRequiredService<AuditCheck>();

    /// <summary>Opens the record for a command, and gives its exit code: what the work gives, 2 when it could not be done, 130 when it was interrupted.</summary>
    /// <param name="data">What <c>--data</c> says.</param>
    /// <param name="command">What the user has called.</param>
    /// <param name="beside">Whether it may be read while a server runs on the folder: then over that server's PostgreSQL.</param>
    /// <param name="work">Reads only; writes its result to standard output.</param>
    public static async Task<int> UseAsync(string? data, string command, bool beside, Func<CheckedStore, Task<int>> work, CancellationToken stop)
    {
        try
        {
            await using var store = await OpenAsync(data, command, beside, stop);
            return await work(store);
        }
        catch (CannotStartException e)
        {
            await Console.Error.WriteLineAsync($"salus: {e.Message}");
            return 2;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 130;
        }
        catch (DbException e)
        {
            await Console.Error.WriteLineAsync($"salus: The database failed during salus {command}: {e.Message.ReplaceLineEndings(" ")} Nothing was changed; run the same command again.");
            return 2;
        }
    }

    private static async Task<CheckedStore> OpenAsync(string? data, string command, bool beside, CancellationToken ct)
    {
        var builder = RecordHost.Builder(data);
        var folder = await RecordHost.EmbeddedAsync(builder, ct);
        RecordHost.NeedRecord(folder, command);
        var besides = beside && await RecordHost.UseRunningAsync(builder, folder, ct);
        RecordHost.AddRecord(builder);
        var store = new CheckedStore(builder.Build(), RecordHost.Describe(folder) + (besides ? ", where a server runs" : ""));
        try
        {
            await store.host.Services.GetRequiredService<Database>().StartAsync(ct);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await host.Services.GetRequiredService<Database>().StopAsync(CancellationToken.None);
        host.Dispose();
    }
}
