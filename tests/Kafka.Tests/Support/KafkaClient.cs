using System.Text;
using Confluent.Kafka;

namespace Salus.Kafka.Tests.Support;

/// <summary>Somebody who writes to the cluster and reads from it, by the client that Salus uses as well. What it has written, the cluster has confirmed.</summary>
public sealed class KafkaClient(MockCluster cluster) : IDisposable
{
    private readonly IProducer<string?, byte[]?> producer = new ProducerBuilder<string?, byte[]?>(new ProducerConfig { BootstrapServers = cluster.Bootstrap, Acks = Acks.All }).Build();

    /// <summary>One batch of heart rates of a device, as JSON.</summary>
    public static byte[] Batch(string device, params long[] times) => Values(device, "heart-rate", 72, "/min", times);

    /// <summary>One batch of one value at several times.</summary>
    public static byte[] Values(string device, string code, int value, string unit, params long[] times) => Encoding.UTF8.GetBytes(
        $$"""{"device":"{{device}}","samples":[{{string.Join(',', times.Select(t => $$"""{"time":{{t}},"code":"{{code}}","value":{{value}},"unit":"{{unit}}"}"""))}}]}""");

    public Task SendAsync(byte[]? body, string? contentType = "application/json", string? encoding = null, string? key = null, int? partition = null)
    {
        var headers = new Headers();
        foreach (var (name, value) in new[] { ("content-type", contentType), ("content-encoding", encoding) })
        {
            if (value is not null)
            {
                headers.Add(name, Encoding.UTF8.GetBytes(value));
            }
        }

        var message = new Message<string?, byte[]?> { Key = key, Value = body, Headers = headers };
        return partition is { } number ? producer.ProduceAsync(new TopicPartition("patient-vitals", number), message) : producer.ProduceAsync("patient-vitals", message);
    }

    /// <summary>Waits until a topic holds so many messages of a key, and gives them in their order.</summary>
    public IReadOnlyList<ConsumeResult<string?, byte[]>> Read(string topic, int count, string key, Func<string> state)
    {
        using var consumer = new ConsumerBuilder<string?, byte[]>(new ConsumerConfig { BootstrapServers = cluster.Bootstrap, GroupId = $"reader-{Guid.CreateVersion7()}", EnableAutoCommit = false }).Build();
        consumer.Assign(Enumerable.Range(0, 4).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        var found = new List<ConsumeResult<string?, byte[]>>();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (found.Count < count)
        {
            Assert.True(clock.Elapsed.TotalSeconds < 60, $"{found.Count} of {count}: {state()}");
            if (consumer.Consume(TimeSpan.FromMilliseconds(200)) is { } message && message.Message.Key == key)
            {
                found.Add(message);
            }
        }

        return found;
    }

    /// <summary>How far a group has committed the partitions of the topic of device data, all together, and how far they go.</summary>
    public (long Committed, long End) Offsets(string group = "salus")
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = cluster.Bootstrap, GroupId = group, EnableAutoCommit = false }).Build();
        var partitions = Enumerable.Range(0, 4).Select(p => new TopicPartition("patient-vitals", p)).ToList();
        return (consumer.Committed(partitions, TimeSpan.FromSeconds(10)).Sum(o => o.Offset.IsSpecial ? 0 : o.Offset.Value), partitions.Sum(p => consumer.QueryWatermarkOffsets(p, TimeSpan.FromSeconds(10)).High.Value));
    }

    /// <summary>The offset that the next message of a partition of device data gets.</summary>
    public long End(int partition)
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = cluster.Bootstrap, GroupId = "looks" }).Build();
        return consumer.QueryWatermarkOffsets(new TopicPartition("patient-vitals", partition), TimeSpan.FromSeconds(10)).High.Value;
    }

    /// <summary>A member of a group, as another program would be; commits nothing.</summary>
    public IConsumer<Ignore, byte[]?> Member(string group)
    {
        var member = new ConsumerBuilder<Ignore, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = cluster.Bootstrap, GroupId = group, EnableAutoCommit = false, PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky, AutoOffsetReset = AutoOffsetReset.Earliest, SessionTimeoutMs = 3000, HeartbeatIntervalMs = 500,
        }).Build();
        member.Subscribe("patient-vitals");
        return member;
    }

    /// <summary>A header of a message.</summary>
    public static string Header(ConsumeResult<string?, byte[]> message, string name) => Encoding.UTF8.GetString(message.Message.Headers.GetLastBytes(name));

    public void Dispose() => producer.Dispose();
}
