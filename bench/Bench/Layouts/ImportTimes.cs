using System.Diagnostics;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Bench.Layouts;

/// <summary>What one transaction cost: time and processor time of the server in milliseconds, rows written, bytes of WAL.</summary>
internal readonly record struct BatchCost(double Wall, double Processor, long Rows, long Wal);

/// <summary>Writes the same transactions into every layout, one layout after the other, beginning with another one each time.</summary>
internal sealed class ImportTimes(Bed bed)
{
    private long position;
    private int turn;

    /// <summary>How many resources each layout holds.</summary>
    public long Resources => position;

    public Dictionary<Layout, List<BatchCost>> Costs { get; } = bed.Layouts.ToDictionary(l => l, _ => new List<BatchCost>());

    /// <summary>Time for the hashes of the hashed layouts, which is not part of their costs.</summary>
    public TimeSpan Hashing { get; private set; }

    /// <summary>Stores new resources; returns the key of the first.</summary>
    public async Task<long> AddAsync(IReadOnlyList<PendingWrite> writes)
    {
        var columns = new CommitColumns(bed.Catalog, new LogHead(position, Time()), []);
        if (columns.Add(new WriteSet(Bed.Caller, writes)).Failed(out var failure))
        {
            throw new InvalidOperationException(failure.ToString());
        }

        var first = position + 1;
        var keyed = new KeyedWrites([.. writes.Select((w, i) => (first + i, w))], Bed.Caller.Tenant.Number, bed.Catalog);
        var started = Stopwatch.GetTimestamp();
        _ = keyed.Hashes;
        Hashing += Stopwatch.GetElapsedTime(started);
        for (var i = 0; i < bed.Layouts.Count; i++)
        {
            var layout = bed.Layouts[(i + turn) % bed.Layouts.Count];
            var cost = await RunAsync(layout, columns, keyed);
            Costs[layout].Add(cost with { Rows = cost.Rows + writes.Count - 1 });
        }

        turn++;
        position = columns.Position;
        return first;
    }

    /// <summary>Stores the next version of resources with the same values, each layout in turn; returns the costs.</summary>
    public async Task<Dictionary<Layout, BatchCost>> ReplaceAsync(IReadOnlyList<Sample> samples, int version)
    {
        var next = samples.Select(s => (s.Key, Write: s.Write with { Operation = FeedOperation.Update, Expected = version, Fresh = false })).ToList();
        var current = next.ToDictionary(
            n => new ResourceName(Bed.Caller.Tenant, bed.Catalog.Number(n.Write.Type), n.Write.Id), n => new CurrentRow(n.Key, version, Deleted: false));
        var columns = new CommitColumns(bed.Catalog, new LogHead(position, Time()), current);
        if (columns.Add(new WriteSet(Bed.Caller, [.. next.Select(n => n.Write)])).Failed(out var failure))
        {
            throw new InvalidOperationException(failure.ToString());
        }

        var keyed = new KeyedWrites(next, Bed.Caller.Tenant.Number, bed.Catalog);
        _ = keyed.Hashes;
        var costs = new Dictionary<Layout, BatchCost>();
        for (var i = 0; i < bed.Layouts.Count; i++)
        {
            var layout = bed.Layouts[(i + turn) % bed.Layouts.Count];
            var started = Stopwatch.GetTimestamp();
            var before = layout.DeletesByValue ? await OldValues.ReadAsync(bed, layout, samples) : keyed;
            var reading = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            var cost = await RunAsync(layout, columns, keyed, before);
            costs[layout] = cost with { Wall = cost.Wall + reading };
        }

        turn++;
        position = columns.Position;
        return costs;
    }

    private async Task<BatchCost> RunAsync(Layout layout, CommitColumns columns, KeyedWrites writes, KeyedWrites? before = null)
    {
        await using var batch = new NpgsqlBatch(bed.Connection) { Timeout = 0 };
        columns.AddTo(batch);
        layout.Adapt(batch, writes, before);
        var wal = await WalAsync();
        var processor = bed.Server.Milliseconds;
        var started = Stopwatch.GetTimestamp();
        await using var transaction = await bed.Connection.BeginTransactionAsync();
        batch.Transaction = transaction;
        var rows = await batch.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
        var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return new BatchCost(elapsed, bed.Server.Milliseconds - processor, rows, await WalAsync() - wal);
    }

    private async Task<long> WalAsync()
    {
        await using var command = new NpgsqlCommand("select pg_current_wal_insert_lsn()", bed.Connection);
        return (long)(ulong)(await command.ExecuteScalarAsync() is NpgsqlLogSequenceNumber lsn ? lsn : default);
    }

    private static DateTime Time() => TimeProvider.System.GetUtcNow().UtcDateTime;
}
