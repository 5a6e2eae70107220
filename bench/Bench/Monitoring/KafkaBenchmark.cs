using System.Text;
using Confluent.Kafka;
using Salus.Bench.Processes;
using Salus.Kafka.Tests.Support;

namespace Salus.Bench.Monitoring;

/// <summary>How fast messages of a Kafka topic become durable values, against librdkafka's mock of a cluster.</summary>
internal sealed class KafkaBenchmark(CommandLine options)
{
    public static readonly string[] Options = ["--values"];

    private const string Topic = "patient-vitals";
    private const int Partitions = 12;

    public async Task RunAsync()
    {
        var page = new ResultPage("Device data over Kafka", $"kafka {options.Text}".TrimEnd());
        page.Fact("Data", "Up to 20 devices of ten metrics, a value a second of each, made up; every value is sent once.");
        page.Fact("Method", $"The mock cluster of librdkafka (one broker, {Partitions} partitions, in memory) in the process of the sender, and the built server with its PostgreSQL share the machine. The sender writes as fast as it is confirmed (acks=all). The time is that from the first message written to the last one stored and durable; one run of each. A real cluster writes to disks and replicates, which this does not measure.");
        using var cluster = new MockCluster((Topic, Partitions), ("patient-vitals.dead", 1), ("alerts", 1), ("device-events", 1));
        using var folder = new StoreFolder(null);
        await using var server = await SalusServer.StartAsync(folder.Path, ("Salus__Kafka__BootstrapServers", cluster.Bootstrap), ("Salus__Kafka__Library", cluster.Library));
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = cluster.Bootstrap, Acks = Acks.All, LingerMs = 5 }).Build();
        page.Line("\n## Written, confirmed, read, stored");
        var runs = new MessageRuns(
            page, options.Page("kafka.md"), server, "salus_kafka_messages_total{outcome=\"stored\"}", "salus_kafka_dead_letters_total{", "salus_kafka_messages_total{outcome=\"returned\"}", "salus_kafka_missed_total");
        await runs.RunAsync((int)options.Number("--values", 200_000), (form, bodies) =>
        {
            var headers = new Headers { { "content-type", Encoding.ASCII.GetBytes(form) } };
            return Task.WhenAll(bodies.Select((b, i) => producer.ProduceAsync(new TopicPartition(Topic, i % Partitions), new Message<Null, byte[]> { Value = b, Headers = headers })));
        });
    }
}
