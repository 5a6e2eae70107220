using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.Waveforms;

/// <summary>
/// Makes blocks durable: one statement for all of a request, and only then its answer. They do not go through the journal: they are as large as blocks of samples when they come, nothing in memory is
/// made of them, and any process may write them. A request holds its body's share of the memory while it waits (<c>BodyBudget</c>), which bounds it. Safe for all threads.
/// </summary>
internal sealed class WaveformStore(Database database, WaveformBook book, StorageTables tables, DiskSpace disk, ILogger<WaveformStore> log) : IDisposable
{
    // Of the few connections there are, most stay for those who read.
    private const int Writers = 2;

    // How long a request waits for those before it, when the database hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim turn = new(Writers);
    private volatile bool failing;

    /// <summary>Returns when they are durable. Of two that begin at the same moment in one series the first stays. Fails with Unavailable when the database is away or its disk full.</summary>
    public async ValueTask<Outcome<Taken>> PutAsync(IReadOnlyList<(WaveformKey Key, WaveformBlock Block)> blocks)
    {
        if (blocks.Count == 0)
        {
            return new Taken(0, 0);
        }

        if (disk.Full)
        {
            return FlowFailures.DiskFull();
        }

        if (!await turn.WaitAsync(Patience))
        {
            return FlowFailures.NoAnswer();
        }

        try
        {
            await book.EnsureAsync(blocks.Select(b => b.Key), CancellationToken.None);
            foreach (var day in blocks.Select(b => UnixTime.Floor(b.Block.Start, TableKind.Waveform.Period)).Distinct())
            {
                await tables.EnsureAsync(TableKind.Waveform, day, CancellationToken.None);
            }

            var stored = await WriteAsync(blocks);
            failing = false;
            return new Taken(stored, blocks.Count - stored);
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            if (!failing)
            {
                MonitoringLog.WaveformsNotStored(log, e);
            }

            failing = true;
            if (e is not PostgresException)
            {
                database.Broken();
            }

            return disk.Full ? FlowFailures.DiskFull() : FlowFailures.Away();
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    private async Task<int> WriteAsync(IReadOnlyList<(WaveformKey Key, WaveformBlock Block)> blocks)
    {
        // In one order for all: two requests with the same blocks would else wait for each other.
        var rows = blocks.Select(b => (Series: book[b.Key], b.Key.Tenant, b.Block)).OrderBy(r => r.Series).ThenBy(r => r.Block.Start).ToList();
        await using var command = database.Source.CreateCommand(
            """
            insert into monitoring.waveform (tenant, series, start, until, period, origin, factor, flags, samples, data)
            select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing
            """);
        void Add<T>(Func<(int Series, Tenant Tenant, WaveformBlock Block), T> value) => command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. rows.Select(value)] });
        Add(r => r.Tenant.Number);
        Add(r => r.Series);
        Add(r => UnixTime.Of(r.Block.Start));
        Add(r => UnixTime.Of(r.Block.Until));
        Add(r => r.Block.Period);
        Add(r => r.Block.Origin);
        Add(r => r.Block.Factor);
        Add(r => (short)r.Block.Flags);
        Add(r => r.Block.Samples);
        Add(r => r.Block.Data);
        return await command.ExecuteNonQueryAsync();
    }
}
