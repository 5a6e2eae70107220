using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Salus.Kernel;

namespace Salus.Records.Storage;

/// <summary>
/// Merges what waits in front of the inverted indexes as soon as writing pauses. New words stand in a list first, which makes writing cheap, and every
/// search reads that list from one end to the other: PostgreSQL merges it when it is full or vacuums, Salus also when nobody waits for it.
/// </summary>
internal sealed class PendingListKeeper(Database database, CommitSignal signal, TimeProvider time, ILogger<PendingListKeeper> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // Until it has worked searches read a little more; nothing is wrong with the data.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => new WorkLoop(time, (e, _) => RecordsLog.MergeFailed(log, e)).RunAsync(
        async ct =>
        {
            // Also at the start: who wrote last may not have had the time.
            var next = signal.Next;
            await MergeAsync(ct);
            await next.WaitAsync(ct);
            for (var position = -1L; position != signal.Position;)
            {
                position = signal.Position;
                await Task.Delay(Pause, time, ct);
            }
        },
        stoppingToken);

    private async Task MergeAsync(CancellationToken ct)
    {
        await using var command = database.Owner.CreateCommand("select gin_clean_pending_list('records.current_exact'), gin_clean_pending_list('records.string_value_trigram'), gin_clean_pending_list('records.index_text_words')");
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(ct);
    }
}
