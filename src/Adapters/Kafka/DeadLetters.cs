using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Monitoring;

namespace Salus.Kafka;

/// <summary>Puts messages that are never taken into a topic where somebody can look at them: as they came, with why, in headers. Safe for all threads.</summary>
internal sealed class DeadLetters(Cluster cluster, KafkaOptions options, TimeProvider time, ILogger<DeadLetters> log) : IDisposable
{
    private readonly Quiet quiet = new(time, TimeSpan.FromMinutes(1));
    private readonly Lazy<IProducer<byte[]?, byte[]?>> producer = new(() =>
        new ProducerBuilder<byte[]?, byte[]?>(cluster.DeadLetters()).SetLogHandler((_, m) => KafkaLog.Library(log, m.Facility, m.Message)).SetErrorHandler((_, _) => { }).Build());

    /// <summary>Returns when the cluster has it, so that the message itself counts as done. Not cancelled: what was begun may be there.</summary>
    /// <exception cref="KafkaException">The cluster did not take it.</exception>
    public async Task PutAsync(ConsumeResult<byte[]?, byte[]?> message, DeadReason reason)
    {
        await producer.Value.ProduceAsync(options.DeadLetterTopic, new Message<byte[]?, byte[]?> { Key = message.Message.Key, Value = message.Message.Value, Headers = Headers(message, reason) });
        KafkaMeter.DeadLetters.Add(1, new KeyValuePair<string, object?>("reason", reason.Code));
        if (quiet.Over(reason.Code))
        {
            KafkaLog.Dead(log, options.VitalsTopic, reason.Code);
        }
    }

    /// <summary>Tells, once a minute, that the cluster did not take them.</summary>
    public void Waiting(string reason)
    {
        if (quiet.Over("waiting"))
        {
            KafkaLog.DeadLettersWait(log, options.VitalsTopic, reason);
        }
    }

    public void Dispose()
    {
        if (producer.IsValueCreated)
        {
            producer.Value.Dispose();
        }
    }

    private Headers Headers(ConsumeResult<byte[]?, byte[]?> message, DeadReason reason)
    {
        var headers = new Headers();
        foreach (var sent in message.Message.Headers ?? [])
        {
            headers.Add(sent.Key, sent.GetValueBytes());
        }

        Put(headers, "x-salus-reason", reason.Code);
        Put(headers, "x-salus-message", reason.Short);
        Put(headers, "x-salus-at", time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
        Put(headers, "x-salus-topic", message.Topic);
        Put(headers, "x-salus-partition", message.Partition.Value.ToString(CultureInfo.InvariantCulture));
        Put(headers, "x-salus-offset", message.Offset.Value.ToString(CultureInfo.InvariantCulture));
        return headers;
    }

    // A dead letter that was published again and died again says why it did now.
    private static void Put(Headers headers, string name, string value)
    {
        headers.Remove(name);
        headers.Add(name, Encoding.UTF8.GetBytes(value));
    }
}
