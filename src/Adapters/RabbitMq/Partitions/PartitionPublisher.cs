using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using Salus.Kernel;
using Salus.Monitoring;

namespace Salus.RabbitMq.Partitions;

/// <summary>
/// Publishes samples into the queues of their partitions, on a connection of its own: a broker that runs out of memory or disk stops to read from those who publish, and consumers are to go on.
/// </summary>
internal sealed class PartitionPublisher(Broker broker, RabbitMqOptions options, MonitoringOptions monitoring, TimeProvider time, ILogger<PartitionPublisher> log) : BackgroundService, IPartitionQueues
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // For the broker's word, after which the sender is told to come again.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // When it is made, and so before anything has begun.
    private readonly bool clustered = monitoring.Mode == MonitoringMode.Clustered && (broker.IsConfigured
        ? true
        : throw new CannotStartException("Salus:Monitoring:Mode is Clustered, which needs a broker: set Salus:RabbitMq:Uri to amqp://user:password@host:5672/vhost, or take Embedded."));

    private IChannel? open;
    private IChannel? telling;
    private readonly Quiet quiet = new(time, TimeSpan.FromMinutes(1));

    /// <inheritdoc/>
    public bool IsConfigured => broker.IsConfigured;

    /// <inheritdoc/>
    public bool IsReady => Volatile.Read(ref open) is { IsOpen: true };

    /// <inheritdoc/>
    public async ValueTask<bool> PublishAsync(IReadOnlyList<PartitionMessage> messages)
    {
        if (Volatile.Read(ref open) is not { IsOpen: true } channel)
        {
            return false;
        }

        using var limit = new CancellationTokenSource(Patience, time);
        try
        {
            // All of them are on their way before the first word comes back.
            await Task.WhenAll([.. messages.Select(m => PublishAsync(channel, m, limit.Token))]);
            return true;
        }
        catch (Exception e)
        {
            // Refused, not routed, or the connection has gone: in every case the sender keeps them.
            Tell(e);
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task TellAsync(ReadOnlyMemory<byte> news)
    {
        if (Volatile.Read(ref telling) is not { IsOpen: true } channel)
        {
            throw new IOException("The broker is away.");
        }

        using var limit = new CancellationTokenSource(Patience, time);
        await channel.BasicPublishAsync(PartitionTopology.News(options), "", mandatory: false, new BasicProperties(), news, limit.Token);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => clustered
        ? new WorkLoop(time, (e, pause) => RabbitMqLog.PublishingAway(log, broker.Address, pause, TelemetryConsumer.Reason(e)), Pause, LongestPause).RunAsync(RoundAsync, stoppingToken)
        : Task.CompletedTask;

    // From a connection to its end.
    private async Task RoundAsync(CancellationToken ct)
    {
        await using var connection = await broker.ConnectAsync(ct);
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, outstandingPublisherConfirmationsRateLimiter: null), ct);
        await using var news = await connection.CreateChannelAsync(cancellationToken: ct);
        await PartitionTopology.EnsureAsync(channel, options, ct);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.ChannelShutdownAsync += (_, _) =>
        {
            ended.TrySetResult();
            return Task.CompletedTask;
        };
        Volatile.Write(ref telling, news);
        Volatile.Write(ref open, channel);
        try
        {
            if (channel.IsOpen)
            {
                await ended.Task.WaitAsync(ct);
            }
        }
        finally
        {
            Volatile.Write(ref open, null);
            Volatile.Write(ref telling, null);
        }
    }

    private async Task PublishAsync(IChannel channel, PartitionMessage message, CancellationToken ct) => await channel.BasicPublishAsync(
        "", PartitionTopology.Queue(options, message.Partition), mandatory: true, new BasicProperties { DeliveryMode = DeliveryModes.Persistent }, message.Bytes, ct);

    private void Tell(Exception e)
    {
        if (quiet.Over("not confirmed"))
        {
            RabbitMqLog.NotConfirmed(log, broker.Address, TelemetryConsumer.Reason(e));
        }
    }
}
