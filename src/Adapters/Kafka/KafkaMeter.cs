using System.Diagnostics.Metrics;

namespace Salus.Kafka;

/// <summary>What is counted of messages, at <c>/metrics</c>; the values in them are counted where those of HTTP are.</summary>
internal static class KafkaMeter
{
    private static readonly Meter Meter = new("Salus.Kafka");

    public static readonly Counter<long> Messages =
        Meter.CreateCounter<long>("salus.kafka.messages", "{message}", "Messages of device data, by what became of them: stored, dead, returned");

    public static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>("salus.kafka.dead.letters", "{message}", "Messages that are never taken, by reason");

    public static readonly Counter<long> Events = Meter.CreateCounter<long>("salus.kafka.events", "{message}", "Events of alerts and devices that the cluster has confirmed, by kind");

    public static readonly Counter<long> Missed = Meter.CreateCounter<long>("salus.kafka.missed", "{message}", "Offsets that the cluster removed before they were read");

    public static void Count(string outcome) => Messages.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
