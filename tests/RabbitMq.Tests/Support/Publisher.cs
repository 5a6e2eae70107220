using System.Text;
using RabbitMQ.Client;

namespace Salus.RabbitMq.Tests.Support;

/// <summary>Somebody who publishes to the broker, and looks at the queues. What it publishes, the broker has confirmed.</summary>
internal sealed class Publisher(IConnection connection, IChannel channel, string queue, string dead) : IAsyncDisposable
{
    public static async Task<Publisher> ConnectAsync(TestBroker broker, string queue, string dead)
    {
        var connection = await new ConnectionFactory { Uri = new Uri(broker.Uri) }.CreateConnectionAsync();
        var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        return new Publisher(connection, channel, queue, dead);
    }

    /// <summary>One batch of heart rates of a device, as JSON.</summary>
    public static byte[] Batch(string device, params long[] times) => Encoding.UTF8.GetBytes(
        $$"""{"device":"{{device}}","samples":[{{string.Join(',', times.Select(t => $$"""{"time":{{t}},"code":"heart-rate","value":72,"unit":"/min"}"""))}}]}""");

    /// <summary>Into the queue itself, as a gateway does.</summary>
    public Task SendAsync(byte[] body, string? contentType = "application/json", string? encoding = null, string? user = null) => SendAsync("", queue, body, contentType, encoding, user);

    /// <summary>Under the key of a device.</summary>
    public Task SendAsDeviceAsync(string device, byte[] body) => SendAsync("amq.topic", $"{queue}.{device}", body, "application/json", null, null);

    /// <summary>Messages that nobody has taken.</summary>
    public async Task<uint> WaitingAsync() => (await channel.QueueDeclarePassiveAsync(queue)).MessageCount;

    /// <summary>Waits for a dead letter and takes it away.</summary>
    public async Task<BasicGetResult> DeadAsync()
    {
        BasicGetResult? got = null;
        await Eventually.TrueAsync(async () => (got = await channel.BasicGetAsync(dead, autoAck: true)) is not null, seconds: 30);
        return got!;
    }

    /// <summary>A header of a dead letter.</summary>
    public static string Header(BasicGetResult letter, string name) => Encoding.UTF8.GetString((byte[])letter.BasicProperties.Headers![name]!);

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await connection.DisposeAsync();
    }

    private async Task SendAsync(string exchange, string key, byte[] body, string? contentType, string? encoding, string? user) =>
        await channel.BasicPublishAsync(exchange, key, mandatory: true, new BasicProperties { DeliveryMode = DeliveryModes.Persistent, ContentType = contentType, ContentEncoding = encoding, UserId = user }, body);
}
