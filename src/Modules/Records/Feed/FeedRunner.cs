using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Feed;

/// <summary>
/// Runs every registered consumer from its saved position, each in its own loop. The row of the consumer is locked while it works, so of several
/// processes one does the work, and position and effects are committed together.
/// </summary>
internal sealed class FeedRunner(Database database, ChangeFeed feed, CommitSignal signal, IEnumerable<IFeedConsumer> consumers, TimeProvider time, ILogger<FeedRunner> log)
    : BackgroundService
{
    private const int BatchSize = 500;

    // Commits of this process wake the loop at once; those of other processes are seen within a second.
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    // Between two steps, so that a busy record gives many events to each instead of one.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(10);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(consumers.Select(c => RunAsync(c, stoppingToken)));

    private Task RunAsync(IFeedConsumer consumer, CancellationToken stop) => new WorkLoop(time, (e, pause) => RecordsLog.ConsumerFailed(log, e, consumer.Name, pause)).RunAsync(
        async ct =>
        {
            var next = signal.Next;
            while (await StepAsync(consumer, ct) == BatchSize)
            {
            }

            await Task.WhenAny(next, Task.Delay(Poll, time, ct));
            await Task.Delay(Gather, time, ct);
        },
        stop);

    /// <summary>Hands one batch to a consumer and saves its position in the same transaction. Returns how many events there were.</summary>
    internal async Task<int> StepAsync(IFeedConsumer consumer, CancellationToken ct)
    {
        await using var connection = await (consumer.OwnsTables ? database.Owner : database.Source).OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await LockPositionAsync(consumer.Name, connection, ct) is not { } position)
        {
            return 0; // another process works for this consumer
        }

        var events = await feed.ReadAsync(position, BatchSize, consumer.NeedsBody ? consumer.BodyTypes : [], connection, ct);
        if (events.Count == 0)
        {
            return 0;
        }

        await consumer.HandleAsync(events, connection, transaction, ct);
        await using var save = new NpgsqlCommand("update records.feed_consumer set position = $1, updated_at = now() where name = $2", connection, transaction);
        save.Parameters.Add(new NpgsqlParameter<long> { TypedValue = events[^1].Position });
        save.Parameters.Add(new NpgsqlParameter<string> { TypedValue = consumer.Name });
        await save.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        consumer.Committed();
        RecordsMeter.FeedEvents.Add(events.Count, new KeyValuePair<string, object?>("consumer", consumer.Name));
        return events.Count;
    }

    private static async Task<long?> LockPositionAsync(string name, NpgsqlConnection connection, CancellationToken ct)
    {
        // A process that is cut off in the middle of a batch would keep the row, and with it the consumer, from everybody for good.
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("set local idle_in_transaction_session_timeout = '30s'"),
                // Position and effects are lost together when the machine fails, and done again: that needs no wait for the disk.
                new NpgsqlBatchCommand("set local synchronous_commit = off"),
                new NpgsqlBatchCommand("select position from records.feed_consumer where name = $1 for update skip locked")
                {
                    Parameters = { new NpgsqlParameter<string> { TypedValue = name } },
                },
            },
        };
        if (await batch.ExecuteScalarAsync(ct) is long position)
        {
            return position;
        }

        await using var first = new NpgsqlCommand(
            "insert into records.feed_consumer (name, position, updated_at) values ($1, 0, now()) on conflict (name) do nothing returning position", connection);
        first.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        return await first.ExecuteScalarAsync(ct) as long?;
    }
}
