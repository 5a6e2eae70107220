using RabbitMQ.Client;

namespace Salus.RabbitMq;

/// <summary>The queues of the broker that this needs.</summary>
internal static class Topology
{
    /// <summary>Where the MQTT plugin publishes, and AMQP clients may.</summary>
    public const string Exchange = "amq.topic";

    /// <summary>
    /// Makes the queues: replicated ones that survive a restart (quorum queues). What the broker itself gives up, after as many deliveries as its policy allows or for its age, goes to the
    /// dead letters too, and is not dropped before it is there; a queue that is full refuses what comes and keeps what it has.
    /// </summary>
    /// <exception cref="RabbitMQ.Client.Exceptions.OperationInterruptedException">A queue is there already and different, or the account has no right to make it.</exception>
    public static async Task EnsureAsync(IChannel channel, RabbitMqOptions options, CancellationToken ct)
    {
        await DeadLettersAsync(channel, options, ct);
        if (!options.Declare)
        {
            await channel.QueueDeclarePassiveAsync(options.Queue, ct);
            return;
        }

        await DeclareAsync(channel, options.Queue, Kept(options), ct);
        if (options.RoutingKey.Length > 0)
        {
            await channel.QueueBindAsync(options.Queue, Exchange, options.RoutingKey + ".#", cancellationToken: ct);
        }
    }

    /// <summary>The queue of messages that are never taken.</summary>
    public static Task DeadLettersAsync(IChannel channel, RabbitMqOptions options, CancellationToken ct) => options.Declare
        ? DeclareAsync(channel, options.DeadLetterQueue, Quorum(), ct)
        : channel.QueueDeclarePassiveAsync(options.DeadLetterQueue, ct);

    /// <summary>What a queue is made with that loses nothing.</summary>
    public static Dictionary<string, object?> Kept(RabbitMqOptions options)
    {
        var arguments = Quorum();
        arguments["x-dead-letter-exchange"] = "";
        arguments["x-dead-letter-routing-key"] = options.DeadLetterQueue;
        arguments["x-dead-letter-strategy"] = "at-least-once";
        arguments["x-overflow"] = "reject-publish";
        return arguments;
    }

    private static Dictionary<string, object?> Quorum() => new() { ["x-queue-type"] = "quorum" };

    private static Task<QueueDeclareOk> DeclareAsync(IChannel channel, string queue, Dictionary<string, object?> arguments, CancellationToken ct) =>
        channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: ct);
}
