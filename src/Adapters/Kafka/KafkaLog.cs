using Microsoft.Extensions.Logging;

namespace Salus.Kafka;

/// <summary>What the way over Kafka logs: 41... Never data of patients, and never credentials.</summary>
internal static partial class KafkaLog
{
    [LoggerMessage(4101, LogLevel.Information, "Takes device data from the topic {Topic} of {Cluster}")]
    public static partial void Consuming(ILogger logger, string topic, string cluster);

    [LoggerMessage(4102, LogLevel.Warning, "Takes no device data from {Cluster}; it is tried again in {Pause}: {Reason}")]
    public static partial void Away(ILogger logger, string cluster, TimeSpan pause, string reason);

    [LoggerMessage(4103, LogLevel.Warning, "The cluster {Cluster} says: {Reason}")]
    public static partial void Trouble(ILogger logger, string cluster, string reason);

    [LoggerMessage(4104, LogLevel.Error, "A message of {Topic} could not be taken because of an error of Salus; it is tried again, and after {Most} times goes to the dead letters")]
    public static partial void Failed(ILogger logger, Exception? exception, string topic, int most);

    [LoggerMessage(4105, LogLevel.Warning, "A message of {Topic} is a dead letter: {Reason}. More of this reason are counted, and logged once a minute")]
    public static partial void Dead(ILogger logger, string topic, string reason);

    [LoggerMessage(4106, LogLevel.Warning, "Dead letters of {Topic} cannot be put aside, so the messages wait: {Reason}")]
    public static partial void DeadLettersWait(ILogger logger, string topic, string reason);

    [LoggerMessage(4107, LogLevel.Error, "{Count} messages of {Topic}, partition {Partition}, from offset {Offset} were removed by the cluster before they were read. Keep messages longer there (retention)")]
    public static partial void Missed(ILogger logger, long count, string topic, int partition, long offset);

    [LoggerMessage(4108, LogLevel.Warning, "Nothing can be stored now, so no messages are taken from {Topic} until it can")]
    public static partial void Held(ILogger logger, string topic);

    [LoggerMessage(4109, LogLevel.Information, "Messages are taken from {Topic} again")]
    public static partial void Resumed(ILogger logger, string topic);

    [LoggerMessage(4110, LogLevel.Information, "Another process takes the samples: this one has left the group {Group}")]
    public static partial void Left(ILogger logger, string group);

    [LoggerMessage(4111, LogLevel.Information, "Passes alerts and events of devices on to {Cluster}")]
    public static partial void Publishing(ILogger logger, string cluster);

    [LoggerMessage(4112, LogLevel.Warning, "Alerts and events of devices wait, because {Cluster} does not take them; it is tried again in {Pause}: {Reason}")]
    public static partial void EventsWait(ILogger logger, string cluster, TimeSpan pause, string reason);

    [LoggerMessage(4113, LogLevel.Debug, "librdkafka: {Facility} {Message}")]
    public static partial void Library(ILogger logger, string facility, string message);
}
