using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Samples;
using Salus.Monitoring.Storage;
using Salus.TestSupport;

namespace Salus.Monitoring.Tests.Support;

/// <summary>What keeps samples, on a real database; it can be left as a crash leaves it, and begun again.</summary>
internal sealed class SampleStore : IAsyncDisposable
{
    /// <summary>A time within the day that samples of the tests begin at: 2030-01-01T10:00Z.</summary>
    public const long Start = 1_893_492_000_000;

    private readonly ServiceProvider services;
    private readonly FlowWriter writer;

    private SampleStore(TestDatabase database, MonitoringOptions options, ISampleObserver[] observers)
    {
        var all = new ServiceCollection();
        all.AddLogging();
        all.AddSingleton(database.Database);
        all.AddSingleton(database.Options);
        all.AddSingleton(options);
        all.AddSingleton(TimeProvider.System);
        all.AddSingleton<DiskSpace>();
        foreach (var observer in observers)
        {
            all.AddSingleton(observer);
        }

        all.AddSampleFlow();
        services = all.BuildServiceProvider();
        writer = Get<FlowWriter>();
    }

    public SeriesBook Book => Get<SeriesBook>();

    public SampleFlow Flow => Get<SampleFlow>();

    public static async Task<SampleStore> StartAsync(TestDatabase database, params ISampleObserver[] observers) => await StartAsync(database, new MonitoringOptions(), observers);

    public static async Task<SampleStore> StartAsync(TestDatabase database, MonitoringOptions options, params ISampleObserver[] observers)
    {
        var store = new SampleStore(database, options, observers);
        await store.Get<StorageTables>().StepAsync(default);
        await store.Get<SampleRows>().StartAsync(default);
        await store.writer.StartAsync(default);
        return store;
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public ValueTask<Series> SeriesAsync(string patient = "p1", string metric = "heart-rate", string device = "d1") => Book.GetAsync(Tenant.Default, patient, device, MetricSet.Default[metric], default);

    public async Task<Taken> TakeAsync(params Sample[] samples) => (await Flow.TakeAsync(samples, default)).Value;

    /// <summary>The samples of a series that are not in blocks, in the order in which they came.</summary>
    public List<Point> InHead(Series series)
    {
        var points = new List<Point>();
        foreach (var run in Get<HeadTable>().Find(series.Number)?.Look().Beyond(0) ?? [])
        {
            SampleDecoder.Read(run.Data.Span, long.MinValue, long.MaxValue, points);
        }

        return points;
    }

    public async ValueTask DisposeAsync()
    {
        await writer.StopAsync(default);
        await services.DisposeAsync();
    }
}
