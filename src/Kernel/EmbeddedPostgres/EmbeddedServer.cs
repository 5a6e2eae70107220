using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel.Metrics;

namespace Salus.Kernel.EmbeddedPostgres;

/// <summary>Salus's own PostgreSQL: starts it, starts it again when it dies, and stops it.</summary>
internal sealed class EmbeddedServer : IAsyncDisposable
{
    /// <summary>Name of the only role, and of the database.</summary>
    public const string Role = "salus";

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly KernelOptions options;
    private readonly ILogger logger;
    private readonly DataFolderLock folderLock;
    private readonly ClusterFolder cluster;
    private readonly PostgresBinaries binaries;
    private readonly ServerAddress address;
    private readonly CancellationTokenSource stopping = new();
    private volatile ServerProcess? process;
    private Task supervision = Task.CompletedTask;
    private volatile bool ready;

    private EmbeddedServer(KernelOptions options, ILogger logger, DataFolderLock folderLock, ClusterFolder cluster, PostgresBinaries binaries, ServerAddress address)
    {
        this.options = options;
        this.logger = logger;
        this.folderLock = folderLock;
        this.cluster = cluster;
        this.binaries = binaries;
        this.address = address;
    }

    /// <summary>The data folder that is used.</summary>
    public string DataFolder => cluster.Data;

    /// <summary>Whether the server accepts connections, as far as we know.</summary>
    public bool Ready => ready;

    /// <summary>Whether its files are not there any more, so that it cannot come back.</summary>
    public bool FilesGone => !File.Exists(Path.Combine(cluster.Path, "PG_VERSION"));

    /// <summary>Number of the server process; null while there is none.</summary>
    public int? ProcessNumber => process?.Server;

    /// <summary>Called when the server was lost, before it is started again.</summary>
    public Action? Lost { get; set; }

    /// <summary>How to connect to a database of the server.</summary>
    public string ConnectionString(string database = Role) => new NpgsqlConnectionStringBuilder
    {
        Host = address.Host,
        Port = address.Port,
        Username = Role,
        Password = cluster.Password(),
        Database = database,
    }.ConnectionString;

    /// <exception cref="CannotStartException">It does not start; the message says why and what to do.</exception>
    public static async Task<EmbeddedServer> StartAsync(KernelOptions options, ILogger logger, CancellationToken ct)
    {
        Durability.Check(options);
        var clock = Stopwatch.StartNew();
        var account = OsAccount.Choose(options.PostgresAccount);
        var data = await Salus.Kernel.DataFolder.ResolveAsync(options, account, ct);
        var folderLock = DataFolderLock.Take(data);
        EmbeddedServer? server = null;
        try
        {
            var cluster = new ClusterFolder(data, account);
            var binaries = await PostgresBinaries.FindAsync(options.PostgresBinaries, account, ct);
            if (await OrphanedServer.EndAsync(binaries, cluster, ct) is > 0 and var ended)
            {
                logger.OrphanEnded(ended, data);
            }

            var fresh = await cluster.EnsureAsync(binaries, ct);
            server = new EmbeddedServer(options, logger, folderLock, cluster, binaries, await ServerAddress.ChooseAsync(cluster, ct));
            await server.LaunchAsync(ct);
            server.supervision = server.SuperviseAsync();
            logger.ServerStarted(binaries.Version, data, fresh, (long)clock.Elapsed.TotalMilliseconds);
            return server;
        }
        catch (Exception e)
        {
            await (server?.DisposeAsync() ?? ValueTask.CompletedTask);
            folderLock.Dispose();
            if (e is IOException or UnauthorizedAccessException)
            {
                throw new CannotStartException($"The data folder {data} cannot be used: {e.Message} Check its space and rights, or choose another one with Salus:Data.", e);
            }

            throw;
        }
    }

    /// <summary>Ends the server in order: sessions are closed and everything is on disk.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        await stopping.CancelAsync();
        ready = false;
        await supervision;
        if (process is null)
        {
            return;
        }

        var clock = Stopwatch.StartNew();
        if (!await process.StopAsync(TimeSpan.FromSeconds(options.PostgresStopSeconds), ct))
        {
            logger.StopForced(options.PostgresStopSeconds);
            await OrphanedServer.EndAsync(binaries, cluster, ct);
        }

        await process.DisposeAsync();
        process = null;
        ServerAddress.RemoveTemporary(address.SocketFolder);
        logger.ServerStopped((long)clock.Elapsed.TotalMilliseconds);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        folderLock.Dispose();
        stopping.Dispose();
    }

    private async Task LaunchAsync(CancellationToken ct)
    {
        address.MakeFolder(cluster.Account);
        ClusterSettings.Write(cluster, address, options);
        var logFrom = ServerLog.Prepare(cluster);
        var started = await ServerProcess.StartAsync(binaries, cluster, options, ct);
        process = started;
        var clock = Stopwatch.StartNew();
        while (!(cluster.Postmaster is { Ready: true } file && file.Process == started.Server))
        {
            if (started.Ended)
            {
                throw new CannotStartException($"PostgreSQL did not start: {ServerLog.Cause(cluster, logFrom)}. Its log is {cluster.Log}.");
            }

            if (clock.Elapsed.TotalSeconds > options.PostgresStartSeconds)
            {
                throw new CannotStartException(
                    $"PostgreSQL was not ready after {options.PostgresStartSeconds} s (recovery can take long). Its log is {cluster.Log}; raise Salus:PostgresStartSeconds to wait longer.");
            }

            await Task.Delay(Glance, ct);
        }

        KernelMeter.Start.Record(clock.Elapsed.TotalSeconds);
        ready = true;
    }

    private async Task SuperviseAsync()
    {
        try
        {
            while (true)
            {
                var lost = process!;
                await lost.WaitForEndAsync(stopping.Token);
                ready = false;
                process = null;
                logger.ServerLost(lost.Server);
                await lost.DisposeAsync();
                Lost?.Invoke();
                await RelaunchAsync(stopping.Token);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // We are stopping.
        }
    }

    // Until it works: a full disk may be emptied, an operator may be at it. The pause between attempts doubles up to ten seconds.
    private async Task RelaunchAsync(CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        var pause = TimeSpan.FromMilliseconds(100);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await OrphanedServer.EndAsync(binaries, cluster, ct);
                await LaunchAsync(ct);
                KernelMeter.Restarts.Add(1);
                logger.ServerRecovered(attempt, (long)clock.Elapsed.TotalMilliseconds);
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.RestartFailed(attempt, e.Message, (long)pause.TotalMilliseconds);
                await (process?.DisposeAsync() ?? ValueTask.CompletedTask);
                process = null;
            }

            await Task.Delay(pause, ct);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }
}
