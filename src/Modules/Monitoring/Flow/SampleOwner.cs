using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel;

namespace Salus.Monitoring.Flow;

/// <summary>A partition that this process claimed.</summary>
internal readonly record struct Claim(int Partition, int Epoch);

/// <summary>What a transaction says that writes for a partition.</summary>
internal readonly record struct Holding(int Partition, int Epoch);

/// <summary>
/// Which partitions this process takes samples of and judges. Each claim of a partition raises its epoch, and the database refuses what is written with another one (migration 0050).
/// Embedded: all of them, from the start; of several processes the one that began last has them, and one that was overtaken stays so until it starts again. Clustered: one by one, as
/// they come and go.
/// </summary>
internal sealed class SampleOwner(Database database, MonitoringOptions options, TimeProvider time, ILogger<SampleOwner> log) : BackgroundService
{
    // What the database says to a commit of another process than the holder's.
    private const string NotHolder = "SL001";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly short[] All = [.. Enumerable.Range(0, Partitions.Count).Select(p => (short)p)];

    private readonly int[] epochs = new int[Partitions.Count];
    private int lost;

    /// <summary>A partition is this process's no more; whoever keeps something of it forgets it. Called in the background; must not throw.</summary>
    public event Action<int>? Gone;

    /// <summary>Whether processes share the partitions.</summary>
    public bool Clustered => options.Mode == MonitoringMode.Clustered;

    /// <summary>This process among those on the database; another one after each start.</summary>
    public Guid Id { get; } = Guid.CreateVersion7();

    /// <summary>The same for people.</summary>
    public static string Name => $"{Environment.MachineName}/{Environment.ProcessId}";

    /// <summary>Embedded only: another process has overtaken this one. It takes no samples any more, and judges nobody.</summary>
    public bool Lost => Volatile.Read(ref lost) != 0;

    /// <summary>How many partitions it has.</summary>
    public int Count => Enumerable.Range(0, Partitions.Count).Count(Holds);

    /// <summary>Stands in every commit for the partition; 0 where it is not held.</summary>
    public int Epoch(int partition) => Volatile.Read(ref epochs[partition]);

    /// <summary>Whether this process has the partition, as far as it knows.</summary>
    public bool Holds(int partition) => Epoch(partition) != 0 && !Lost;

    /// <summary>Whether this is how the database refuses what another process than the holder writes.</summary>
    public static bool Says(Exception e) => e is PostgresException { SqlState: NotHolder };

    /// <summary>From here on no other process writes for any partition: what is in the journal is all there is.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task ClaimAsync(CancellationToken ct) => (await ClaimAsync(All, ct)).ForEach(Hold);

    /// <summary>The same for some of them. They are not held before <see cref="Hold"/>: there is something to read first.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<List<Claim>> ClaimAsync(short[] partitions, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("select claimed, epoch from monitoring.claim($1, $2)");
        command.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = partitions });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Name });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var claims = new List<Claim>();
        while (await reader.ReadAsync(ct))
        {
            claims.Add(new Claim(reader.GetInt16(0), reader.GetInt32(1)));
        }

        return claims;
    }

    /// <summary>This process has it from here on.</summary>
    public void Hold(Claim claim) => Volatile.Write(ref epochs[claim.Partition], claim.Epoch);

    /// <summary>Gives one up.</summary>
    public void Release(int partition)
    {
        if (Interlocked.Exchange(ref epochs[partition], 0) != 0)
        {
            Gone?.Invoke(partition);
        }
    }

    /// <summary>Looks up what this process still has, and gives up the rest.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task CheckAsync(CancellationToken ct)
    {
        // What is claimed while it is read has an epoch that the answer does not know.
        var before = Enumerable.Range(0, Partitions.Count).Select(Epoch).ToArray();
        await using var command = database.Source.CreateCommand("select partition, epoch from monitoring.holder");
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var (partition, epoch) = (reader.GetInt16(0), reader.GetInt32(1));
            if (before[partition] != 0 && before[partition] != epoch && Epoch(partition) == before[partition])
            {
                Lose(partition);
            }
        }
    }

    // Also without commits: who gets no samples any more would warn of patients without data.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => new WorkLoop(time, (_, _) => { }, Pause, Pause).RunAsync(
        async ct =>
        {
            await Task.Delay(Pause, time, ct);
            await CheckAsync(ct);
        },
        stoppingToken);

    private void Lose(int partition)
    {
        if (Clustered)
        {
            MonitoringLog.PartitionGone(log, partition);
            Release(partition);
        }
        else if (Interlocked.Exchange(ref lost, 1) == 0)
        {
            MonitoringLog.Overtaken(log);
        }
    }
}
