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

    /// <exception cref="CannotStartException">There is no record, or its database cannot be opened.</exception>
    public static async Task<CheckedStore> OpenAsync(string? data, CancellationToken ct)
    {
        var builder = RecordHost.Builder(data);
        var folder = await RecordHost.EmbeddedAsync(builder, ct);
        RecordHost.NeedRecord(folder, "check");
        RecordHost.AddRecord(builder);
        var store = new CheckedStore(builder.Build(), RecordHost.Describe(folder));
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
