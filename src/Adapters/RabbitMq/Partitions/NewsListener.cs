using RabbitMQ.Client;
using Salus.Monitoring;

namespace Salus.RabbitMq.Partitions;

/// <summary>Hears what other processes tell of their patients, by a queue of this connection alone. Who is slow misses the oldest: of each patient only the newest counts.</summary>
internal sealed class NewsListener(IChannel channel, PartitionInlet inlet) : AsyncDefaultBasicConsumer(channel)
{
    private const int MostMessages = 1_000;

    /// <summary>Begins; the others are asked for everything.</summary>
    public static async Task BeginAsync(IChannel channel, PartitionInlet inlet, RabbitMqOptions options, CancellationToken ct)
    {
        // Beside those of partitions, so that the same rights do.
        var queue = $"{options.PartitionPrefix}.news.{Guid.CreateVersion7():N}";
        await channel.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: true, new Dictionary<string, object?> { ["x-max-length"] = MostMessages }, cancellationToken: ct);
        await channel.QueueBindAsync(queue, PartitionTopology.News(options), "", cancellationToken: ct);
        await channel.BasicConsumeAsync(queue, autoAck: true, new NewsListener(channel, inlet), ct);
        inlet.Hears();
    }

    public override Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        inlet.Hear(body);
        return Task.CompletedTask;
    }
}
