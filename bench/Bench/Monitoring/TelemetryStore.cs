using Microsoft.Extensions.DependencyInjection;
using Salus.Bench.Processes;
using Salus.Kernel;
using Salus.Monitoring;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Samples;
using Salus.Monitoring.Storage;

namespace Salus.Bench.Monitoring;

/// <summary>What keeps samples, in this process, on an embedded PostgreSQL that keeps what it acknowledges.</summary>
internal sealed class TelemetryStore : IAsyncDisposable
{
    private readonly StoreFolder folder;
    private readonly Database database;
    private readonly ServiceProvider services;

    private TelemetryStore(StoreFolder folder, KernelOptions options, MonitoringOptions monitoring, Database database)
    {
        this.folder = folder;
        this.database = database;
        var all = new ServiceCollection();
        all.AddLogging();
        all.AddSingleton(database);
        all.AddSingleton(options);
        all.AddSingleton(monitoring);
        all.AddSingleton(TimeProvider.System);
        all.AddSingleton<DiskSpace>();
        all.AddSampleFlow();
        services = all.BuildServiceProvider();
    }

    public Database Database => database;

    public static async Task<TelemetryStore> StartAsync(string? named, MonitoringOptions monitoring)
    {
        var folder = new StoreFolder(named);
        var options = new KernelOptions { Data = folder.Path };
        var database = new Database(options);
        await database.StartAsync();
        await new MigrationRunner(database, [MonitoringModule.Migrations]).RunAsync();
        var store = new TelemetryStore(folder, options, monitoring, database);
        await store.Get<StorageTables>().StartAsync(default);
        await store.Get<SampleRows>().StartAsync(default);
        await store.Get<FlowWriter>().StartAsync(default);
        return store;
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>So many series: ten metrics a bed, one device and one patient each.</summary>
    public async Task<IReadOnlyList<Series>> SeriesAsync(string kind, int count)
    {
        var metrics = MetricSet.Default.All.Take(10).ToList();
        return await Get<SeriesBook>().GetAsync(
            [.. Enumerable.Range(0, count).Select(i => new SeriesKey(Tenant.Default, $"{kind}-{i / 10}", $"device-{kind}-{i / 10}", metrics[i % 10]))], default);
    }

    public async Task<long> NumberAsync(string sql)
    {
        await using var command = database.Owner.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await Get<FlowWriter>().StopAsync(default);
        await Get<StorageTables>().StopAsync(default);
        await services.DisposeAsync();
        await database.DisposeAsync();
        folder.Dispose();
    }
}
