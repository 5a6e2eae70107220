using RabbitMQ.Client;
using Salus.Bench.Processes;
using Salus.TestSupport;

namespace Salus.Bench.Monitoring;

/// <summary>How fast messages of a RabbitMQ broker become durable values: from the first that is published to the last that is acknowledged.</summary>
internal sealed class BrokerBenchmark(CommandLine options)
{
    public static readonly string[] Options = ["--values"];

    private const string Queue = "salus.telemetry";
    private const int Together = 500;

    public async Task RunAsync()
    {
        var page = new ResultPage("Device data over a broker", $"broker {options.Text}".TrimEnd());
        page.Fact("Data", "Up to 20 devices of ten metrics, a value a second of each, made up; every value is sent once.");
        page.Fact("Method", $"RabbitMQ, the built server with its PostgreSQL, and the sender share the machine. The sender publishes {Together} persistent messages, waits until the broker has confirmed them, and goes on. The time is that from the first published to the last one acknowledged by Salus, and so durable in both; one run of each.");
        await using var broker = await TestBroker.StartAsync();
        using var folder = new StoreFolder(null);
        await using var server = await SalusServer.StartAsync(folder.Path, ("Salus__RabbitMq__Uri", broker.Uri));
        await using var connection = await new ConnectionFactory { Uri = new Uri(broker.Uri) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, outstandingPublisherConfirmationsRateLimiter: null));
        page.Line("\n## Published, confirmed, taken, stored, acknowledged");
        var runs = new MessageRuns(page, options.Page("broker.md"), server, "salus_rabbitmq_messages_total{outcome=\"stored\"}", "salus_rabbitmq_dead_letters_total{", "salus_rabbitmq_messages_total{outcome=\"returned\"}");
        await runs.RunAsync((int)options.Number("--values", 200_000), async (form, bodies) =>
        {
            var properties = new BasicProperties { DeliveryMode = DeliveryModes.Persistent, ContentType = form };
            foreach (var some in bodies.Chunk(Together))
            {
                await Task.WhenAll(some.Select(b => channel.BasicPublishAsync("", Queue, mandatory: true, properties, b).AsTask()));
            }
        });
    }
}
