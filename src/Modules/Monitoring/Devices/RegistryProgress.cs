using Salus.Kernel;
using Salus.Records;

namespace Salus.Monitoring.Devices;

/// <summary>
/// Whether the registry has what this process has acknowledged. The change feed brings a Device or its DeviceUseStatement within milliseconds; a monitor that is faster would be told
/// that nobody knows it, and such samples are not sent again. What other processes of a record write is seen within a second.
/// </summary>
internal sealed class RegistryProgress(Record record, DeviceRegistry registry, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private long reached;

    /// <summary>False while something that was acknowledged is not in the registry yet.</summary>
    public bool IsCurrent => Volatile.Read(ref reached) >= Wanted();

    /// <summary>Waits until the registry has it; false when that takes longer than the patience.</summary>
    /// <exception cref="Npgsql.NpgsqlException">The database is away.</exception>
    public async Task<bool> CurrentAsync(TimeSpan patience, CancellationToken ct)
    {
        var wanted = Wanted();
        var started = time.GetTimestamp();
        while (Volatile.Read(ref reached) < wanted)
        {
            var position = (await record.ConsumersAsync(ct)).FirstOrDefault(c => c.Key == DeviceFeed.ConsumerName).Value;
            if (position >= wanted)
            {
                await registry.RefreshAsync(ct);
                // Of several that wait, each may write: the position of any of them is true.
                Volatile.Write(ref reached, position);
                return true;
            }

            if (time.GetElapsedTime(started) > patience)
            {
                return false;
            }

            await Task.Delay(Pause, time, ct);
        }

        return true;
    }

    private long Wanted() => DeviceFeed.Types.Max(record.LastCommitOf);
}
