using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Monitoring;

namespace Salus.Kafka;

/// <summary>Keeps a member in the consumer group while this process takes samples; comes back by itself when the cluster or the database was away.</summary>
internal sealed class VitalsConsumer(Cluster cluster, TelemetryInlet inlet, MessageWork work, KafkaOptions options, TimeProvider time, ILogger<VitalsConsumer> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(500);

    private VitalsReader? reader;
    private bool told;

    /// <summary>Whether there is something to take, and from where.</summary>
    public bool IsWanted => cluster.IsConfigured && options.VitalsTopic.Length > 0;

    /// <summary>Whether messages are taken at this moment.</summary>
    public bool IsConsuming => Volatile.Read(ref reader) is { IsSteady: true } && !work.IsHeld;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => IsWanted
        ? Task.WhenAll(
            new WorkLoop(time, (e, pause) => KafkaLog.Away(log, cluster.Address, pause, e.Message), Pause, LongestPause).RunAsync(RoundAsync, stoppingToken),
            new WorkLoop(time, (_, _) => { }, Pause, Pause).RunAsync(WatchAsync, stoppingToken))
        : Task.CompletedTask;

    // From joining the group to leaving it.
    private async Task RoundAsync(CancellationToken ct)
    {
        while (inlet.Overtaken || !await inlet.IsReadyAsync(ct))
        {
            await Task.Delay(Glance, time, ct);
        }

        using var round = new VitalsReader(cluster, inlet, work, options, time, log);
        Volatile.Write(ref reader, round);
        try
        {
            await Task.Factory.StartNew(() => round.Run(ct), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            Volatile.Write(ref reader, null);
        }

        if (inlet.Overtaken)
        {
            KafkaLog.Left(log, options.Group);
        }
    }

    // Tells when nothing can be stored, and when it can again.
    private async Task WatchAsync(CancellationToken ct)
    {
        if (work.IsHeld != told)
        {
            told = !told;
            (told ? (Action<ILogger, string>)KafkaLog.Held : KafkaLog.Resumed)(log, options.VitalsTopic);
        }

        await Task.Delay(Glance, time, ct);
    }
}
