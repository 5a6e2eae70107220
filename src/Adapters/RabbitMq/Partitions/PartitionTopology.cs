using System.Globalization;
using RabbitMQ.Client;
using Salus.Monitoring;

namespace Salus.RabbitMq.Partitions;

/// <summary>The queues that carry samples to the process which has their partition.</summary>
internal static class PartitionTopology
{
    /// <summary>The type of a message without samples, by which a process learns that the broker has turned to it.</summary>
    public const string Knock = "knock";

    /// <summary>Where processes tell all others of the states of their patients.</summary>
    public static string News(RabbitMqOptions options) => $"{options.PartitionPrefix}.news";

    /// <summary>The queue of a partition.</summary>
    public static string Queue(RabbitMqOptions options, int partition) => string.Create(CultureInfo.InvariantCulture, $"{options.PartitionPrefix}.p{partition:00}");

    /// <summary>
    /// Makes the queues: quorum queues with a single active consumer, the others wait behind it (https://www.rabbitmq.com/docs/consumers#single-active-consumer). What is full refuses what comes.
    /// </summary>
    /// <exception cref="RabbitMQ.Client.Exceptions.OperationInterruptedException">A queue is there already and different, or the account has no right to make it.</exception>
    public static async Task EnsureAsync(IChannel channel, RabbitMqOptions options, CancellationToken ct)
    {
        await Topology.DeadLettersAsync(channel, options, ct);
        if (options.Declare)
        {
            await channel.ExchangeDeclareAsync(News(options), ExchangeType.Fanout, durable: true, autoDelete: false, cancellationToken: ct);
        }

        for (var partition = 0; partition < PartitionInlet.Count; partition++)
        {
            if (options.Declare)
            {
                var arguments = Topology.Kept(options);
                arguments["x-single-active-consumer"] = true;
                await channel.QueueDeclareAsync(Queue(options, partition), durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: ct);
            }
            else
            {
                await channel.QueueDeclarePassiveAsync(Queue(options, partition), ct);
            }
        }
    }
}
