using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using Salus.Kernel;
using Salus.Monitoring;

namespace Salus.RabbitMq;

/// <summary>
/// Puts messages that are never taken where somebody can look at them: as they came, with why, in headers. On a channel of its own, because publishing waits for the broker's word.
/// </summary>
internal sealed class DeadLetters(IChannel channel, RabbitMqOptions options, TimeProvider time, ILogger log) : IDisposable
{
    private readonly Quiet quiet = new(time, TimeSpan.FromMinutes(1));
    private readonly SemaphoreSlim one = new(1);

    /// <summary>Returns when the broker has it, so that the message itself may be acknowledged.</summary>
    /// <exception cref="RabbitMQ.Client.Exceptions.PublishException">The broker did not take it.</exception>
    public async Task PutAsync(Delivery delivery, DeadReason reason, CancellationToken ct)
    {
        var properties = new BasicProperties(delivery.Properties)
        {
            DeliveryMode = DeliveryModes.Persistent,
            Headers = Headers(delivery, reason),
            // It would have to be that of this connection.
            UserId = null,
            Expiration = null,
        };
        await one.WaitAsync(ct);
        try
        {
            await channel.BasicPublishAsync("", options.DeadLetterQueue, mandatory: true, properties, delivery.Body, ct);
        }
        finally
        {
            one.Release();
        }

        RabbitMqMeter.DeadLetters.Add(1, new KeyValuePair<string, object?>("reason", reason.Code));
        if (quiet.Over(reason.Code))
        {
            RabbitMqLog.Dead(log, options.Queue, reason.Code);
        }
    }

    public void Dispose() => one.Dispose();

    private Dictionary<string, object?> Headers(Delivery delivery, DeadReason reason)
    {
        var headers = delivery.Properties.Headers is { } sent ? new Dictionary<string, object?>(sent) : [];
        headers["x-salus-reason"] = reason.Code;
        headers["x-salus-message"] = reason.Short;
        headers["x-salus-at"] = time.GetUtcNow().ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        headers["x-salus-exchange"] = delivery.Exchange;
        headers["x-salus-routing-key"] = delivery.RoutingKey;
        if (delivery.Properties.UserId is { } user)
        {
            headers["x-salus-user-id"] = user;
        }

        return headers;
    }
}

/// <summary>A message as it was delivered.</summary>
/// <param name="Body">Valid until its handler returns.</param>
internal readonly record struct Delivery(ulong Tag, string Exchange, string RoutingKey, IReadOnlyBasicProperties Properties, ReadOnlyMemory<byte> Body)
{
    /// <summary>How often it was delivered before; a quorum queue counts that.</summary>
    public long Before => Properties.Headers?.TryGetValue("x-delivery-count", out var count) == true && count is IConvertible number
        ? number.ToInt64(System.Globalization.CultureInfo.InvariantCulture) : 0;
}
