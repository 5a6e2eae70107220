using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Salus.Kernel;
using Salus.Monitoring;

namespace Salus.RabbitMq;

/// <summary>
/// Takes messages of one channel. A message is acknowledged when its values are durable, or when it stands among the dead letters; in between, and when anything fails, it is
/// the broker's, who delivers it again. As many are in work at once as the prefetch allows, so that they share commits.
/// </summary>
internal sealed class MessageHandler(IChannel channel, TelemetryInlet inlet, Senders senders, DeadLetters dead, RabbitMqOptions options, TimeProvider time, ILogger log) : AsyncDefaultBasicConsumer(channel)
{
    // Deliveries after which a message that makes Salus itself fail is put aside, so that those behind it have their turn.
    private const int MostDeliveries = 5;
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private readonly TaskCompletionSource<string> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int working;

    /// <summary>Completes, with the reason, when nothing more can be taken: the messages that are not acknowledged by then go back to the broker with the channel.</summary>
    public Task<string> Ended => ended.Task;

    /// <summary>Messages in work.</summary>
    public int Working => Volatile.Read(ref working);

    public override async Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref working);
        try
        {
            if (!ended.Task.IsCompleted && await TakeAsync(new Delivery(deliveryTag, exchange, routingKey, properties, body), cancellationToken) is { } outcome)
            {
                await Channel.BasicAckAsync(deliveryTag, multiple: false, CancellationToken.None);
                RabbitMqMeter.Count(outcome);
                return;
            }

            RabbitMqMeter.Count("returned");
        }
        catch (Exception e) when (Broker.HasGone(e))
        {
            // The channel or the broker is gone: it is delivered again, and what was stored is then a duplicate.
            RabbitMqMeter.Count("returned");
            ended.TrySetResult(e.Message);
        }
        catch (Exception e)
        {
            RabbitMqMeter.Count("returned");
            RabbitMqLog.Failed(log, e, options.Queue, MostDeliveries);
            ended.TrySetResult("an error of Salus");
        }
        finally
        {
            Interlocked.Decrement(ref working);
        }
    }

    public override Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
    {
        ended.TrySetResult(reason.ReplyText);
        return base.HandleChannelShutdownAsync(channel, reason);
    }

    protected override Task OnCancelAsync(string[] consumerTags, CancellationToken cancellationToken = default)
    {
        ended.TrySetResult("the broker cancelled the consumer; was the queue deleted?");
        return base.OnCancelAsync(consumerTags, cancellationToken);
    }

    // What became of it; null for nothing, so that it is not acknowledged.
    private async Task<string?> TakeAsync(Delivery delivery, CancellationToken ct)
    {
        var caller = senders.Of(delivery.Properties.UserId);
        var message = new TelemetryMessage(delivery.Body, delivery.Properties.ContentType, delivery.Properties.ContentEncoding);
        while (true)
        {
            var taken = await TakeAsync(caller, delivery, message);
            if (!taken.Failed(out var failure))
            {
                return "stored";
            }

            if (Reason(failure, delivery) is { } reason)
            {
                await BuryAsync(caller, delivery, reason, ct);
                return "dead";
            }

            if (failure.Kind != FailureKind.Busy)
            {
                ended.TrySetResult($"{failure}");
                return null;
            }

            // Others send more than is stored: it waits here, and the prefetch bounds how many do.
            await Task.Delay(Rest, time, ct);
            if (ended.Task.IsCompleted)
            {
                return null;
            }
        }
    }

    private async ValueTask<Outcome<TelemetryTaken>> TakeAsync(Caller caller, Delivery delivery, TelemetryMessage message)
    {
        try
        {
            return await inlet.TakeAsync(caller, senders.Device(delivery.Exchange, delivery.RoutingKey), message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            RabbitMqLog.Failed(log, e, options.Queue, MostDeliveries);
            return new Failure(FailureKind.Unavailable, "exception", "Salus could not take the message because of an error of its own; the log has the details.");
        }
    }

    private static DeadReason? Reason(Failure failure, Delivery delivery) =>
        failure.Problems[0].Code == "exception" && delivery.Before >= MostDeliveries ? new DeadReason("error", $"{failure}") : DeadReason.Of(failure);

    private async Task BuryAsync(Caller caller, Delivery delivery, DeadReason reason, CancellationToken ct)
    {
        if (reason.Code == "forbidden")
        {
            await senders.RefusedAsync(caller, options.Queue, reason);
        }

        await dead.PutAsync(delivery, reason, ct);
    }
}
