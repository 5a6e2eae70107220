using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Salus.Monitoring;

namespace Salus.RabbitMq.Partitions;

/// <summary>
/// Listens to the queue of one partition. While the broker delivers to another process, nothing comes; the first message says that it has turned to this one, which then takes the partition over.
/// A message is acknowledged when its samples are durable. Until then it is the broker's.
/// </summary>
internal sealed class PartitionListener(int partition, IChannel channel, PartitionInlet inlet, PartitionGains gains, DeadLetters dead, PartitionSession session, TimeProvider time, ILogger log)
    : AsyncDefaultBasicConsumer(channel)
{
    // Deliveries after which a message that makes Salus itself fail is put aside.
    private const int MostDeliveries = 5;
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private int working;
    private volatile bool closing;

    public int Partition => partition;

    /// <summary>Messages in work.</summary>
    public int Working => Volatile.Read(ref working);

    /// <summary>The tag of the consumer, and of nothing else on its channel.</summary>
    public string Tag { get; } = $"{partition:00}.{Guid.CreateVersion7():N}";

    /// <summary>Nothing new is taken over for its sake: what is in work comes to its end, or goes back.</summary>
    public void Close() => closing = true;

    public override Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref working);
        // The buffer is the connection's, and its reader goes on to the next partition at once. As many are in work as the prefetch allows.
        var delivery = new Delivery(deliveryTag, exchange, routingKey, new BasicProperties(properties), body.ToArray());
        _ = Task.Run(() => WorkAsync(delivery), CancellationToken.None);
        return Task.CompletedTask;
    }

    protected override Task OnCancelAsync(string[] consumerTags, CancellationToken cancellationToken = default)
    {
        if (!closing)
        {
            session.End($"the broker cancelled the consumer of partition {partition}; was the queue deleted?");
        }

        return base.OnCancelAsync(consumerTags, cancellationToken);
    }

    private async Task WorkAsync(Delivery delivery)
    {
        try
        {
            while (!session.Ended.IsCompleted && !await StepAsync(delivery))
            {
                await Task.Delay(Rest, time, CancellationToken.None);
            }
        }
        catch (Exception e) when (Broker.HasGone(e))
        {
            // It is delivered again, to whoever has the partition then; what was stored is a duplicate there.
            session.End(e.Message);
        }
        catch (Exception e)
        {
            RabbitMqLog.PartitionFailed(log, e, partition);
            session.End("an error of Salus");
        }
        finally
        {
            Interlocked.Decrement(ref working);
        }
    }

    // False when it is to be tried again.
    private async Task<bool> StepAsync(Delivery delivery)
    {
        if (!inlet.Holds(partition))
        {
            if (closing)
            {
                await Channel.BasicNackAsync(delivery.Tag, multiple: false, requeue: true, CancellationToken.None);
                return true;
            }

            if (!await GainedAsync())
            {
                return false;
            }
        }

        var outcome = delivery.Properties.Type == PartitionTopology.Knock ? PartitionOutcome.Stored : await TakeAsync(delivery);
        switch (outcome)
        {
            case PartitionOutcome.Stored:
                await Channel.BasicAckAsync(delivery.Tag, multiple: false, CancellationToken.None);
                return true;
            case PartitionOutcome.Unreadable:
                await dead.PutAsync(delivery, new DeadReason("malformed", $"The samples of partition {partition} cannot be read: were they written by another version of Salus?"), CancellationToken.None);
                await Channel.BasicAckAsync(delivery.Tag, multiple: false, CancellationToken.None);
                return true;
            default:
                return false;
        }
    }

    private async Task<PartitionOutcome> TakeAsync(Delivery delivery)
    {
        try
        {
            return await inlet.TakeAsync(partition, delivery.Body, CancellationToken.None);
        }
        catch (Exception e) when (delivery.Before >= MostDeliveries)
        {
            RabbitMqLog.PartitionFailed(log, e, partition);
            return PartitionOutcome.Unreadable;
        }
    }

    private async Task<bool> GainedAsync()
    {
        try
        {
            await gains.GainAsync(partition);
            return true;
        }
        catch (Exception e) when (e is not (AlreadyClosedException or OperationInterruptedException or OperationCanceledException or ObjectDisposedException))
        {
            session.NotGained(partition, e);
            return false;
        }
    }
}
