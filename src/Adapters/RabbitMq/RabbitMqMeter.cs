using System.Diagnostics.Metrics;

namespace Salus.RabbitMq;

/// <summary>What is counted of the broker's messages, at <c>/metrics</c>; the values in them are counted where those of HTTP are.</summary>
internal static class RabbitMqMeter
{
    private static readonly Meter Meter = new("Salus.RabbitMq");

    public static readonly Counter<long> Messages =
        Meter.CreateCounter<long>("salus.rabbitmq.messages", "{message}", "Messages of device data, by what became of them: stored, dead, returned");

    public static readonly Counter<long> DeadLetters =
        Meter.CreateCounter<long>("salus.rabbitmq.dead.letters", "{message}", "Messages that are never taken, by reason");

    public static void Count(string outcome) => Messages.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
