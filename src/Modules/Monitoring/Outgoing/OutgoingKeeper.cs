using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel;

namespace Salus.Monitoring.Outgoing;

/// <summary>Gives up events that nobody has passed on for a month: where nobody follows them, which is usual, and where somebody does, with a warning.</summary>
internal sealed partial class OutgoingKeeper(OutgoingEvents events, Database database, TimeProvider time, ILogger<OutgoingKeeper> log) : BackgroundService
{
    internal static readonly TimeSpan Kept = TimeSpan.FromDays(30);
    private static readonly TimeSpan Pace = TimeSpan.FromHours(1);

    /// <summary>Removes what is too old; gives how many there were.</summary>
    internal async Task<int> CleanAsync(CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("delete from monitoring.outgoing where at < $1");
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = (time.GetUtcNow() - Kept).UtcDateTime });
        return await command.ExecuteNonQueryAsync(ct);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => new WorkLoop(time, (e, _) => Failed(log, e)).RunAsync(
        async ct =>
        {
            await Task.Delay(Pace, time, ct);
            if (await CleanAsync(ct) is > 0 and var count && events.IsFollowed)
            {
                GivenUp(log, count, Kept);
            }
        },
        stoppingToken);

    [LoggerMessage(1, LogLevel.Warning, "Old events of alerts and devices could not be removed.")]
    private static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "{Count} events of alerts and devices were not passed on for {Kept} and are given up: who follows them has a gap.")]
    private static partial void GivenUp(ILogger logger, int count, TimeSpan kept);
}
