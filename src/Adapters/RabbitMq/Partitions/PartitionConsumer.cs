using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Salus.Kernel;
using Salus.Monitoring;

namespace Salus.RabbitMq.Partitions;

/// <summary>Keeps this process at the queues of the partitions that it is to have, and behind those of others; comes back by itself when the broker was away.</summary>
internal sealed class PartitionConsumer(Broker broker, PartitionInlet inlet, RabbitMqOptions options, TimeProvider time, ILogger<PartitionConsumer> log) : BackgroundService
{
    // Messages of a partition that are in work at once: those of some commits.
    private const ushort Prefetch = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // Who does not reach the database for so long leaves the queues to those that may: it could store nothing.
    private static readonly TimeSpan Absence = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    /// <summary>Whether it listens at this moment.</summary>
    public bool IsConsuming { get; private set; }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => inlet.Clustered
        ? new WorkLoop(time, (e, pause) => RabbitMqLog.PartitionsAway(log, broker.Address, pause, TelemetryConsumer.Reason(e)), Pause, LongestPause).RunAsync(RoundAsync, stoppingToken)
        : Task.CompletedTask;

    // From a connection to its end.
    private async Task RoundAsync(CancellationToken ct)
    {
        // Messages that are fetched and not stored are delivered again, and each time is counted.
        await inlet.ReachAsync(ct);
        await using var connection = await broker.ConnectAsync(ct);
        await using var asking = await connection.CreateChannelAsync(cancellationToken: ct);
        await PartitionTopology.EnsureAsync(asking, options, ct);
        await using var publishing = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), ct);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: ct);
        await channel.BasicQosAsync(prefetchSize: 0, Prefetch, global: false, ct);
        await using var news = await connection.CreateChannelAsync(cancellationToken: ct);
        await NewsListener.BeginAsync(news, inlet, options, ct);
        using var session = new PartitionSession(channel, asking, publishing, inlet, options, time, log, ct);
        IsConsuming = true;
        RabbitMqLog.Sharing(log, broker.Address);
        try
        {
            for (var beat = time.GetTimestamp(); !session.Ended.IsCompleted;)
            {
                if (await BeatAsync(session, ct))
                {
                    beat = time.GetTimestamp();
                }
                else if (time.GetElapsedTime(beat) > Absence)
                {
                    session.End("the database is away");
                }

                await Task.WhenAny(session.Ended, Task.Delay(Pause, time, ct));
                ct.ThrowIfCancellationRequested();
            }

            RabbitMqLog.SharingEnded(log, await session.Ended);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await FinishAsync(session);
            throw;
        }
        finally
        {
            IsConsuming = false;
            session.End("it is over");
        }

        await Task.Delay(Pause, time, ct);
    }

    // False when the database is away: nobody can say who lives then, and for a while everybody keeps what they have.
    private async Task<bool> BeatAsync(PartitionSession session, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Beat);
        IReadOnlySet<int> plan;
        try
        {
            plan = await inlet.BeatAsync(session.Listening, limit.Token);
        }
        catch (Exception e) when (DatabaseFault.Is(e) || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return false;
        }

        await session.ApplyAsync(plan, ct);
        await session.KnockAsync(ct);
        return true;
    }

    // The others need not wait until they miss its beat.
    private async Task FinishAsync(PartitionSession session)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        try
        {
            await session.LeaveAsync([.. session.Listening], limit.Token);
            await inlet.LeaveAsync(limit.Token);
        }
        catch (Exception e) when (DatabaseFault.Is(e) || e is OperationCanceledException or AlreadyClosedException or OperationInterruptedException)
        {
            // What is not acknowledged is delivered to another process.
        }
    }
}
