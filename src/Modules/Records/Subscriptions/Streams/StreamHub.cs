using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Subscriptions.Streams;

/// <summary>How far a subscription is that somebody listens to.</summary>
/// <param name="Events">The number of its last event.</param>
/// <param name="Status">Of the resource; <c>deleted</c> without one.</param>
/// <param name="Version">Of the resource.</param>
internal sealed record StreamState(long Events, string Status, int Version);

/// <summary>A subscription that somebody in this process listens to.</summary>
internal sealed class WatchedSubscription(int number)
{
    private readonly Signal signal = new();

    public int Number => number;

    public int Listeners { get; set; }

    public StreamState? State { get; private set; }

    /// <summary>A task that ends when it has more events or another version.</summary>
    public Task Next => signal.Next;

    public void Set(StreamState state)
    {
        if (State != state)
        {
            State = state;
            signal.Set();
        }
    }
}

/// <summary>
/// Tells listeners that there is something to read. One question for all of them, when the feed of this process has led to something and each second: a
/// listener that has nothing to read costs no work.
/// </summary>
internal sealed class StreamHub(SubscriptionSessions database, SubscriptionSignal signal, TimeProvider time, ILogger<StreamHub> log) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<int, WatchedSubscription> watched = new();
    private readonly Lock listeners = new();

    public WatchedSubscription Enter(int number)
    {
        lock (listeners)
        {
            var one = watched.GetOrAdd(number, n => new WatchedSubscription(n));
            one.Listeners++;
            return one;
        }
    }

    public void Leave(WatchedSubscription one)
    {
        lock (listeners)
        {
            if (--one.Listeners == 0)
            {
                watched.TryRemove(one.Number, out _);
            }
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => new WorkLoop(time, (e, _) => RecordsLog.DeliveryPaused(log, e), Poll, Poll).RunAsync(async ct =>
    {
        var next = signal.Next;
        if (!watched.IsEmpty)
        {
            await LookAsync(ct);
        }

        await Task.WhenAny(next, Task.Delay(Poll, time, ct));
    }, stoppingToken);

    private async Task LookAsync(CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("select number, events, status, version from records.subscription where number = any($1)");
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. watched.Keys] });
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            if (watched.TryGetValue(rows.GetInt32(0), out var one))
            {
                one.Set(new StreamState(rows.GetInt64(1), rows.GetString(2), rows.GetInt32(3)));
            }
        }
    }
}
