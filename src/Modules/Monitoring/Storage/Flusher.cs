using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Samples;

namespace Salus.Monitoring.Storage;

/// <summary>
/// Puts heads into blocks, a partition after the other, each every few minutes: blocks, aggregates and how far the partition is in the journal, in one transaction.
/// So a sample is in blocks and aggregates once, whenever the process dies.
/// </summary>
internal sealed class Flusher(HeadTable heads, Database database, StorageTables tables, SampleRows rows, SampleOwner owner, MonitoringOptions options, TimeProvider time, ILogger<Flusher> log) : BackgroundService
{
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim one = new(1);
    private readonly long[] flushed = new long[Partitions.Count];

    /// <summary>Puts what a partition has now into blocks.</summary>
    /// <exception cref="NpgsqlException">The database is away. Nothing is lost.</exception>
    public async Task FlushAsync(int partition, CancellationToken ct)
    {
        await one.WaitAsync(ct);
        try
        {
            await heads.Turn.WaitAsync(ct);
            // Of the same moment: what this process had before it lost the partition and got it again is not stored as what it has now.
            var (holding, closing) = (new Holding(partition, owner.Epoch(partition)), heads.Close(partition));
            heads.Turn.Release();
            if (closing.Heads.Count > 0 || closing.Seq > flushed[partition])
            {
                await StoreAsync(holding, closing, ct);
                flushed[partition] = closing.Seq;
            }

            await heads.Turn.WaitAsync(CancellationToken.None);
            heads.Stored(partition, closing);
            heads.Turn.Release();
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>When this process gets a partition: up to which row of the journal it is in blocks. Needs the turn.</summary>
    public void Begin(int partition, long seq)
    {
        heads.Begin(partition, seq);
        flushed[partition] = seq;
    }

    /// <summary>All partitions, one after the other.</summary>
    public async Task FlushAllAsync(CancellationToken ct)
    {
        for (var partition = 0; partition < Partitions.Count; partition++)
        {
            await FlushAsync(partition, ct);
        }
    }

    public override void Dispose()
    {
        one.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pace = TimeSpan.FromMinutes(options.FlushMinutes) / Partitions.Count;
        var begun = time.GetTimestamp();
        var partition = 0;
        // With heads over their limit a failure is followed by the next partition at once; the pause keeps that from being all the time.
        return new WorkLoop(time, (e, _) => MonitoringLog.FlushFailed(log, e, partition), Glance, Glance).RunAsync(
            async ct =>
            {
                while (pace - time.GetElapsedTime(begun) is { Ticks: > 0 } rest && heads.Samples < options.HeadMillions * 1_000_000L)
                {
                    await Task.Delay(rest < Glance ? rest : Glance, time, ct);
                }

                begun = time.GetTimestamp();
                if (owner.Lost)
                {
                    // What is in memory is in the journal, where the owner has read it.
                    await Task.Delay(Timeout.InfiniteTimeSpan, time, ct);
                }

                partition = (partition + 1) % Partitions.Count;
                await (owner.Holds(partition) ? FlushAsync(partition, ct) : ForgetAsync(partition, ct));
            },
            stoppingToken);
    }

    // What was kept of a partition that another process has.
    private async Task ForgetAsync(int partition, CancellationToken ct)
    {
        await heads.Turn.WaitAsync(ct);
        if (!owner.Holds(partition))
        {
            heads.Begin(partition, 0);
        }

        heads.Turn.Release();
    }

    private async Task StoreAsync(Holding holding, Closing closing, CancellationToken ct)
    {
        var set = new BlockSet();
        var runs = new List<(Series Series, List<Point> Points)>();
        foreach (var head in closing.Heads)
        {
            var run = head.Look().Closed!;
            var points = new List<Point>(run.Count);
            SampleDecoder.Read(run.Data.Span, long.MinValue, long.MaxValue, points);
            set.Add(head.Series, points);
            if (rows.Target is not null)
            {
                runs.Add((head.Series, points));
            }
        }

        foreach (var (kind, at) in set.Tables)
        {
            await tables.EnsureAsync(kind, at, ct);
        }

        await rows.EnsureAsync(set.Tables.Where(t => t.Kind == TableKind.Block).Select(t => t.At), ct);

        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // An attempt before may have been committed without that its answer came. This row is waited for, so that its end is known.
        await using var note = new NpgsqlCommand(
            "insert into monitoring.flushed as f (partition, seq, epoch) values ($1, $2, $3) on conflict (partition) do update set seq = excluded.seq, epoch = excluded.epoch where f.seq < excluded.seq", connection, transaction);
        note.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)holding.Partition });
        note.Parameters.Add(new NpgsqlParameter<long> { TypedValue = closing.Seq });
        note.Parameters.Add(new NpgsqlParameter<int> { TypedValue = holding.Epoch });
        if (await note.ExecuteNonQueryAsync(ct) == 0)
        {
            return;
        }

        if (!set.IsEmpty)
        {
            await using var batch = new NpgsqlBatch(connection, transaction);
            set.AddTo(batch);
            await batch.ExecuteNonQueryAsync(ct);
            await rows.AddAsync(runs, connection, transaction, ct);
        }

        await transaction.CommitAsync(ct);
    }
}
