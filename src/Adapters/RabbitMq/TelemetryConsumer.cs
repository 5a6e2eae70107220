using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Salus.Kernel;
using Salus.Monitoring;

namespace Salus.RabbitMq;

/// <summary>Keeps a consumer at the broker's queue while device data can be stored; comes back by itself when the broker or the database was away.</summary>
internal sealed class TelemetryConsumer(Broker broker, TelemetryInlet inlet, Senders senders, RabbitMqOptions options, TimeProvider time, ILogger<TelemetryConsumer> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(500);

    // For what is in a commit when the server stops.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Whether messages are taken at this moment.</summary>
    public bool IsConsuming { get; private set; }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => broker.IsConfigured
        ? new WorkLoop(time, (e, pause) => RabbitMqLog.Away(log, broker.Address, pause, Reason(e)), Pause, LongestPause).RunAsync(RoundAsync, stoppingToken)
        : Task.CompletedTask;

    // From a connection to its end. It is made when there is somewhere to put what it brings: each delivery in vain is counted by the queue.
    private async Task RoundAsync(CancellationToken ct)
    {
        while (!await inlet.IsReadyAsync(ct))
        {
            await Task.Delay(Glance, time, ct);
        }

        await using var connection = await broker.ConnectAsync(ct);
        await using var publishing = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), ct);
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: false, publisherConfirmationTrackingEnabled: false, consumerDispatchConcurrency: (ushort)options.Prefetch), ct);
        using var dead = new DeadLetters(publishing, options, time, log);
        await Topology.EnsureAsync(channel, options, ct);
        await channel.BasicQosAsync(prefetchSize: 0, (ushort)options.Prefetch, global: false, ct);
        var handler = new MessageHandler(channel, inlet, senders, dead, options, time, log);
        var tag = await channel.BasicConsumeAsync(options.Queue, autoAck: false, handler, ct);
        IsConsuming = true;
        RabbitMqLog.Consuming(log, options.Queue, broker.Address);
        try
        {
            var reason = await handler.Ended.WaitAsync(ct);
            RabbitMqLog.Ended(log, options.Queue, reason);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await FinishAsync(channel, tag, handler);
            throw;
        }
        finally
        {
            IsConsuming = false;
        }

        await Task.Delay(Pause, time, ct);
    }

    // Takes nothing more, and lets what is in work come to its end.
    private async Task FinishAsync(IChannel channel, string tag, MessageHandler handler)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        try
        {
            await channel.BasicCancelAsync(tag, cancellationToken: limit.Token);
            while (handler.Working > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), time, limit.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or AlreadyClosedException or OperationInterruptedException or IOException)
        {
            // What is not acknowledged is delivered again.
        }
    }

    // The outer message says only that no address could be reached.
    internal static string Reason(Exception e) => e is BrokerUnreachableException { InnerException: { } inner } ? Reason(inner) : e is AggregateException { InnerException: { } first } ? Reason(first) : e.Message;
}
