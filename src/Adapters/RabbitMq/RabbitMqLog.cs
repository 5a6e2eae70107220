using Microsoft.Extensions.Logging;

namespace Salus.RabbitMq;

/// <summary>What the way over a broker logs: 40... Never data of patients, and never credentials.</summary>
internal static partial class RabbitMqLog
{
    [LoggerMessage(4001, LogLevel.Information, "Takes device data from {Queue} of {Broker}")]
    public static partial void Consuming(ILogger logger, string queue, string broker);

    [LoggerMessage(4002, LogLevel.Warning, "Takes no device data from {Broker}; it is tried again in {Pause}: {Reason}")]
    public static partial void Away(ILogger logger, string broker, TimeSpan pause, string reason);

    [LoggerMessage(4003, LogLevel.Warning, "The consumer of {Queue} ended: {Reason}")]
    public static partial void Ended(ILogger logger, string queue, string reason);

    [LoggerMessage(4004, LogLevel.Error, "A message of {Queue} could not be taken because of an error of Salus; it goes back, and after {Most} deliveries to the dead letters")]
    public static partial void Failed(ILogger logger, Exception? exception, string queue, int most);

    [LoggerMessage(4005, LogLevel.Warning, "A message of {Queue} is a dead letter: {Reason}. More of this reason are counted, and logged once a minute")]
    public static partial void Dead(ILogger logger, string queue, string reason);

    [LoggerMessage(4011, LogLevel.Information, "Shares the patients with other processes by queues of {Broker}")]
    public static partial void Sharing(ILogger logger, string broker);

    [LoggerMessage(4012, LogLevel.Warning, "The queues of partitions were left: {Reason}")]
    public static partial void SharingEnded(ILogger logger, string reason);

    [LoggerMessage(4013, LogLevel.Warning, "The queues of partitions of {Broker} cannot be listened to; it is tried again in {Pause}: {Reason}")]
    public static partial void PartitionsAway(ILogger logger, string broker, TimeSpan pause, string reason);

    [LoggerMessage(4014, LogLevel.Warning, "Samples cannot be published to {Broker}; requests are answered with 503, and it is tried again in {Pause}: {Reason}")]
    public static partial void PublishingAway(ILogger logger, string broker, TimeSpan pause, string reason);

    [LoggerMessage(4015, LogLevel.Warning, "{Broker} has not confirmed samples, which their senders keep: {Reason}. More of this is counted, and logged once a minute")]
    public static partial void NotConfirmed(ILogger logger, string broker, string reason);

    [LoggerMessage(4016, LogLevel.Warning, "Partition {Partition} could not be taken over; it is tried again, and its samples wait in the queue")]
    public static partial void NotGained(ILogger logger, Exception exception, int partition);

    [LoggerMessage(4017, LogLevel.Error, "A message of partition {Partition} could not be taken because of an error of Salus; it is delivered again, and after some deliveries goes to the dead letters")]
    public static partial void PartitionFailed(ILogger logger, Exception exception, int partition);
}
