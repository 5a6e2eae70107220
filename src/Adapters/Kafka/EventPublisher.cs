using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Monitoring;

namespace Salus.Kafka;

/// <summary>
/// Passes on what happened to alerts and devices. They wait in the database until the cluster has confirmed them. When it does not, the producer is thrown away with all that it has not
/// sent, and the same events are sent again in the same order by a new one.
/// </summary>
internal sealed class EventPublisher : BackgroundService
{
    private const int Together = 200;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Reach = TimeSpan.FromSeconds(5);
    // Below the 30 seconds after which the database ends a transaction that does nothing.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Cluster cluster;
    private readonly OutgoingEvents events;
    private readonly TimeProvider time;
    private readonly ILogger<EventPublisher> log;
    private readonly Dictionary<string, string> topics = [];
    private IProducer<string, byte[]>? producer;

    public EventPublisher(Cluster cluster, OutgoingEvents events, KafkaOptions options, TimeProvider time, ILogger<EventPublisher> log)
    {
        (this.cluster, this.events, this.time, this.log) = (cluster, events, time, log);
        foreach (var (kind, topic) in new[] { (OutgoingEvents.Alerts, options.AlertsTopic), (OutgoingEvents.DeviceEvents, options.DeviceEventsTopic) })
        {
            if (topic.Length > 0)
            {
                topics[kind] = topic;
            }
        }
    }

    /// <summary>Whether events wait because the cluster or the database does not answer.</summary>
    public bool IsWaiting { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!cluster.IsConfigured || topics.Count == 0)
        {
            return;
        }

        var loop = new WorkLoop(time, Failed, Pause, LongestPause);
        await loop.RunAsync(RoundAsync, stoppingToken);
        Drop();
    }

    private async Task RoundAsync(CancellationToken ct)
    {
        if (!await events.AnyAsync([.. topics.Keys], ct))
        {
            IsWaiting = false;
            await Task.Delay(Glance, time, ct);
            return;
        }

        // Before a transaction is opened, which would stay open until it is known that nobody is there.
        producer ??= await ConnectAsync(ct);
        if (await events.PassOnAsync([.. topics.Keys], Together, SendAsync, ct) == 0)
        {
            // Another process is at it.
            await Task.Delay(Glance, time, ct);
        }

        IsWaiting = false;
    }

    private async Task<IProducer<string, byte[]>> ConnectAsync(CancellationToken ct)
    {
        var made = new ProducerBuilder<string, byte[]>(cluster.Events()).SetErrorHandler((_, _) => { }).SetLogHandler((_, m) => KafkaLog.Library(log, m.Facility, m.Message)).Build();
        try
        {
            await Task.Run(
                () =>
                {
                    using var admin = new DependentAdminClientBuilder(made.Handle).Build();
                    admin.GetMetadata(topics.Values.First(), Reach);
                },
                ct);
            KafkaLog.Publishing(log, cluster.Address);
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    // Throws at the first that fails: what would come behind it must not be there before it.
    private async Task SendAsync(IReadOnlyList<OutgoingEvent> batch, CancellationToken ct)
    {
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = batch.Count;
        foreach (var one in batch)
        {
            producer!.Produce(topics[one.Topic], Message(one), report =>
            {
                if (report.Error.IsError)
                {
                    all.TrySetException(new KafkaException(report.Error));
                }
                else if (Interlocked.Decrement(ref left) == 0)
                {
                    all.TrySetResult();
                }
            });
        }

        await all.Task.WaitAsync(Patience, time, ct);
        foreach (var kind in batch.CountBy(e => e.Topic))
        {
            KafkaMeter.Events.Add(kind.Value, new KeyValuePair<string, object?>("kind", kind.Key));
        }
    }

    private static Message<string, byte[]> Message(OutgoingEvent one) => new()
    {
        Key = one.Key,
        Value = one.Body.ToArray(),
        Timestamp = new Timestamp(one.At),
        Headers = new Headers { { "content-type", "application/json"u8.ToArray() }, { "x-salus-tenant", System.Text.Encoding.ASCII.GetBytes($"{one.Tenant.Number}") } },
    };

    private void Failed(Exception e, TimeSpan pause)
    {
        IsWaiting = true;
        Drop();
        KafkaLog.EventsWait(log, cluster.Address, pause, e.Message);
    }

    // Without a flush: what it has not sent, the next one sends.
    private void Drop()
    {
        producer?.Dispose();
        producer = null;
    }
}
