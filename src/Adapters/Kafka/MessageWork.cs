using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Monitoring;

namespace Salus.Kafka;

/// <summary>Brings one message to its end: its values are durable, or it stands among the dead letters. Until then it is tried again, for as long as it takes. Safe for all threads.</summary>
internal sealed class MessageWork(TelemetryInlet inlet, DeadLetters dead, KafkaOptions options, IngestOptions ingest, IHostApplicationLifetime life, TimeProvider time, ILogger<MessageWork> log)
{
    // After as many errors of Salus itself a message is put aside, so that those behind it have their turn.
    private const int MostErrors = 5;
    // Batches of JSON come down to less than a tenth by gzip.
    private const long Usual = 20;
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Recover = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(500);

    // That somebody may write to the topic is the cluster's permission; it does not tell who did.
    private readonly Caller sender = new(new Tenant(options.Tenant), "kafka") { Permit = new([[]], [Permissions.Telemetry]) };

    private readonly object gate = new();
    private Task? away;

    /// <summary>Nothing can be stored at the moment: what is in work waits.</summary>
    public bool IsHeld
    {
        get
        {
            lock (gate)
            {
                return away is { IsCompleted: false };
            }
        }
    }

    /// <summary>How much memory it may take while it is in work: a body that has to be decompressed takes more than it is long.</summary>
    public int Size(Message<byte[]?, byte[]?> message) => message.Value is not { Length: var length } ? 0
        : Header(message, "content-encoding") is null or "identity" ? length : (int)Math.Min(ingest.MaxBatchBytes, length * Usual) + length;

    /// <summary>True when it is done; false when it was given up, because the token was cancelled.</summary>
    public async Task<bool> FinishAsync(ConsumeResult<byte[]?, byte[]?> message, CancellationToken ct)
    {
        try
        {
            KafkaMeter.Count(await TakeAsync(message, ct));
            return true;
        }
        catch (OperationCanceledException)
        {
            KafkaMeter.Count("returned");
            return false;
        }
    }

    private async Task<string> TakeAsync(ConsumeResult<byte[]?, byte[]?> message, CancellationToken ct)
    {
        for (var errors = 0; ;)
        {
            ct.ThrowIfCancellationRequested();
            var taken = await TakeAsync(message.Message);
            if (!taken.Failed(out var failure))
            {
                return "stored";
            }

            var isError = failure.Problems[0].Code == "exception";
            errors += isError ? 1 : 0;
            if ((errors >= MostErrors ? new DeadReason("error", $"{failure}") : DeadReason.Of(failure)) is { } reason)
            {
                await BuryAsync(message, reason, ct);
                return "dead";
            }

            await (isError ? Task.Delay(Recover, time, ct) : failure.Kind == FailureKind.Busy ? Task.Delay(Rest, time, ct) : ReadyAsync(ct));
        }
    }

    private async ValueTask<Outcome<TelemetryTaken>> TakeAsync(Message<byte[]?, byte[]?> message)
    {
        if (message.Value is not { } body)
        {
            return new Failure(FailureKind.Invalid, "required", "The message has no value (a tombstone). A message holds the body of a POST /telemetry.");
        }

        try
        {
            return await inlet.TakeAsync(sender, null, new TelemetryMessage(body, Header(message, "content-type"), Header(message, "content-encoding")));
        }
        catch (Exception e)
        {
            KafkaLog.Failed(log, e, options.VitalsTopic, MostErrors);
            return new Failure(FailureKind.Unavailable, "exception", "Salus could not take the message because of an error of its own; the log has the details.");
        }
    }

    private async Task BuryAsync(ConsumeResult<byte[]?, byte[]?> message, DeadReason reason, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await dead.PutAsync(message, reason);
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                dead.Waiting(e.Message);
                await Task.Delay(Glance, time, ct);
            }
        }
    }

    // All that wait ask together.
    private Task ReadyAsync(CancellationToken ct)
    {
        lock (gate)
        {
            if (away is not { IsCompleted: false })
            {
                // By no message's token: others wait for it as well.
                away = AskAsync(life.ApplicationStopping);
            }

            return away.WaitAsync(ct);
        }
    }

    private async Task AskAsync(CancellationToken ct)
    {
        await Task.Delay(Rest, time, ct);
        while (!await inlet.IsReadyAsync(ct))
        {
            await Task.Delay(Glance, time, ct);
        }
    }

    private static string? Header(Message<byte[]?, byte[]?> message, string name) =>
        message.Headers is { } headers && headers.TryGetLastBytes(name, out var value) && value is { Length: > 0 } ? Encoding.UTF8.GetString(value) : null;
}
