using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.Flow;

/// <summary>At the start: what is in the journal and not in blocks goes into the heads again, once.</summary>
internal sealed class JournalReplay(Database database, SampleOwner owner, SeriesBook book, HeadTable heads, ILogger<JournalReplay> log)
{
    public async Task RunAsync(CancellationToken ct)
    {
        var begun = Stopwatch.GetTimestamp();
        await owner.ClaimAsync(ct);
        await book.LoadAsync(ct);
        await BeginAsync(ct);
        var (rows, samples) = await ReadAsync(ct);
        if (rows > 0)
        {
            MonitoringLog.Replayed(log, samples, rows, Stopwatch.GetElapsedTime(begun));
        }
    }

    private async Task BeginAsync(CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("select partition, seq from monitoring.flushed");
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            heads.Begin(reader.GetInt16(0), reader.GetInt64(1));
            heads.Seq = Math.Max(heads.Seq, reader.GetInt64(1));
        }
    }

    private async Task<(long Rows, long Samples)> ReadAsync(CancellationToken ct)
    {
        // In the order of the tables, which is nearly that of the commits. Nothing depends on it: a sample that comes early only costs its series a set of times.
        await using var command = database.Source.CreateCommand(
            "select j.seq, j.data from monitoring.journal j where j.seq > coalesce((select f.seq from monitoring.flushed f where f.partition = j.partition), 0)");
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(ct);
        var samples = new List<Sample>();
        var (rows, count) = (0L, 0L);
        for (; await reader.ReadAsync(ct); rows++)
        {
            heads.Seq = Math.Max(heads.Seq, reader.GetInt64(0));
            samples.Clear();
            JournalCodec.Read(reader.GetFieldValue<byte[]>(1), samples);
            count += heads.Put(samples);
        }

        return (rows, count);
    }
}
