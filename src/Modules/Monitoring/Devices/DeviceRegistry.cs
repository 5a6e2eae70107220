using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Salus.Kernel;

namespace Salus.Monitoring.Devices;

/// <summary>Keeps the devices in memory as the tables have them: at once when this process follows the feed, within a second when another one does.</summary>
internal sealed partial class DeviceRegistry(Database database, DeviceIndex index, IOptions<MonitoringOptions> options, TimeProvider time, ILogger<DeviceRegistry> log) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim reading = new(1);
    private TaskCompletionSource woken = New();
    private long position;

    /// <summary>False until the devices were read for the first time: then nothing can be said of them.</summary>
    public bool Ready { get; private set; }

    /// <summary>Tells that the tables changed.</summary>
    public void Wake() => Volatile.Read(ref woken).TrySetResult();

    /// <summary>Takes over what the tables have now.</summary>
    /// <exception cref="Npgsql.NpgsqlException">The database is away.</exception>
    public async Task RefreshAsync(CancellationToken ct)
    {
        await reading.WaitAsync(ct);
        try
        {
            await ReadAsync(ct);
        }
        finally
        {
            reading.Release();
        }
    }

    public override void Dispose()
    {
        reading.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => new WorkLoop(time, (e, _) => Failed(log, e), Poll, Poll).RunAsync(
        async ct =>
        {
            // What is told from here on is looked for once more.
            var signal = New();
            Volatile.Write(ref woken, signal);
            await RefreshAsync(ct);
            await Task.WhenAny(signal.Task, Task.Delay(Poll, time, ct));
        },
        stoppingToken);

    private async Task ReadAsync(CancellationToken ct)
    {
        var oldest = time.GetUtcNow().AddDays(-options.Value.SampleDays).ToUnixTimeMilliseconds();
        var (changes, last) = await DeviceTable.ReadAsync(database.Source, position, oldest, ct);
        if (changes.Count > 0)
        {
            index.Apply(changes);
        }

        position = last;
        Ready = true;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(1, LogLevel.Warning, "The registry of devices could not be read; what is known goes on to be used.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
