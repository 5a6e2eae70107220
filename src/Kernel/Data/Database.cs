using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Salus.Kernel.EmbeddedPostgres;

namespace Salus.Kernel;

/// <summary>
/// The record's PostgreSQL: Salus's own (the default), or an outside one when <see cref="KernelOptions.Postgres"/> is set. Start it once,
/// then use <see cref="Source"/> from any thread.
/// </summary>
public sealed class Database(KernelOptions options, ILoggerFactory? loggers = null) : IAsyncDisposable
{
    private static readonly Version Oldest = new(16, 0);

    private readonly ILogger logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<Database>();
    private EmbeddedServer? server;
    private Pools? pools;

    /// <summary>
    /// Connections for work across tenants: what writes, the feed, jobs. Their role sees all tenants, may read and write the tables of the modules, and owns nothing.
    /// Connections come back as they were left (No Reset On Close): never leave a SET or a lock behind.
    /// </summary>
    /// <exception cref="InvalidOperationException">The database was not started.</exception>
    public NpgsqlDataSource Source => Started.Source;

    /// <summary>
    /// A second pool, of connections that plan every statement anew for its values: for searches, whose best plan depends on what is asked for.
    /// Those of <see cref="Source"/> plan a statement once for all values.
    /// </summary>
    /// <exception cref="InvalidOperationException">The database was not started.</exception>
    public NpgsqlDataSource AdHoc => Started.AdHoc;

    /// <summary>
    /// A few connections of the owner of the tables, whom row-level security does not hold: for what only the owner may do, such as ANALYZE, a new partition or the
    /// tables of views. Never for a request's own words.
    /// </summary>
    /// <exception cref="InvalidOperationException">The database was not started.</exception>
    public NpgsqlDataSource Owner => Started.Owner;

    /// <summary>How the owner connects, password included. For tools and migrations; never to be shown or logged.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>How the role of <see cref="Source"/> connects, password included: for a pool of one's own. Never to be shown or logged.</summary>
    public string SystemConnectionString => Started.Roles.ConnectionString(Started.Roles.Names.System);

    /// <summary>Version of the server, such as 18.4.</summary>
    public Version ServerVersion { get; private set; } = new();

    /// <summary>Settings of the server that can lose acknowledged data, as <c>fsync=off</c>; empty when it keeps what it acknowledges.</summary>
    public IReadOnlyList<string> LossySettings { get; private set; } = [];

    /// <summary>Whether Salus runs the server itself.</summary>
    public bool Embedded => string.IsNullOrWhiteSpace(options.Postgres);

    /// <summary>The data folder; null with an outside server unless one is configured.</summary>
    public string? Folder => server?.DataFolder ?? (options.Data is { Length: > 0 } folder ? Path.GetFullPath(folder) : null);

    /// <summary>False until started, while the embedded server is being recovered, and after the stop.</summary>
    public bool Available => pools is not null && (server?.Ready ?? true);

    /// <summary>True when the files of the embedded server were deleted while it ran: it cannot come back.</summary>
    public bool FilesGone => server?.FilesGone ?? false;

    /// <summary>How many searches may run at once, and connections <see cref="AdHoc"/> has. At least 2.</summary>
    // One connection stays for the committer, one for everything else that is short; with fewer than two places there were no lane beside the costly searches.
    public static int SearchPlaces(KernelOptions options) => Math.Max(2, options.PoolSize - 2);

    /// <summary>The connections that see one tenant and read only: for all that answers a request.</summary>
    /// <exception cref="InvalidOperationException">The database was not started.</exception>
    public TenantPools For(Tenant tenant) => Started.For(tenant);

    internal RoleNames Roles => Started.Roles.Names;

    private Pools Started => pools ?? throw new InvalidOperationException("The database was not started.");

    /// <summary>Process number of the embedded server, while there is one.</summary>
    internal int? ServerProcess => server?.ProcessNumber;

    /// <summary>Starts or connects. Returns when the database answers.</summary>
    /// <exception cref="CannotStartException">It does not; the message is one line with the way out.</exception>
    public async ValueTask StartAsync(CancellationToken ct = default)
    {
        if (pools is not null)
        {
            return;
        }

        if (Embedded)
        {
            server = await EmbeddedServer.StartAsync(options, logger, ct);
            if (string.IsNullOrEmpty(options.Data) && server.DataFolder != Path.GetFullPath("data"))
            {
                logger.DataElsewhere(server.DataFolder);
            }
        }

        if (Folder is { } folder)
        {
            // Also of a server that runs beside this process.
            PrivateFolder.Watch(folder, logger, passable: Directory.Exists(Path.Combine(folder, "postgres")));
        }

        var address = server?.ConnectionString() ?? options.Postgres!;
        var owner = Pool.Build(address, Pools.OwnerSize, planAnew: false, loggers, "salus-owner");
        try
        {
            await ConnectAsync(owner, ct);
            pools = new Pools(owner, await RolesAsync(owner, address, ct), options, loggers);
        }
        catch
        {
            await owner.DisposeAsync();
            // Also when it was told to stop while it started: in order.
            await StopServerAsync(CancellationToken.None);
            throw;
        }

        server?.Lost = pools.Clear;
    }

    /// <summary>Lets go of the connections that nobody uses: one that broke tells that the others did, and each would fail somebody's request.</summary>
    public void Broken() => pools?.Clear();

    /// <summary>Closes the pool and stops the embedded server in order.</summary>
    public async ValueTask StopAsync(CancellationToken ct = default)
    {
        if (pools is { } open)
        {
            pools = null;
            await open.DisposeAsync();
        }

        await StopServerAsync(ct);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => StopAsync();

    private async Task StopServerAsync(CancellationToken ct)
    {
        if (server is { } running)
        {
            await running.StopAsync(ct);
            await running.DisposeAsync();
            server = null;
        }
    }

    private async Task ConnectAsync(NpgsqlDataSource pool, CancellationToken ct)
    {
        try
        {
            if (server is not null)
            {
                await EmbeddedDatabase.EnsureAsync(pool, server, ct);
            }

            await using var connection = await pool.OpenConnectionAsync(ct);
            ServerVersion = connection.PostgreSqlVersion;
            ConnectionString = server?.ConnectionString() ?? options.Postgres!;
            if (ServerVersion < Oldest)
            {
                throw new CannotStartException($"Salus:Postgres leads to PostgreSQL {ServerVersion} at {connection.Host}; Salus needs {Oldest.Major} or newer. Upgrade it, or leave the setting out to use the built-in one.");
            }

            await CheckDurabilityAsync(connection, ct);
            if (server is null)
            {
                await CheckRoomAsync(connection, ct);
                logger.OutsideConnected(ServerVersion.ToString(), connection.Host ?? "");
            }
        }
        catch (NpgsqlException e)
        {
            throw Pool.Refusal(e, Embedded, server?.ConnectionString() ?? options.Postgres!);
        }
    }

    private async Task<DatabaseRoles> RolesAsync(NpgsqlDataSource owner, string address, CancellationToken ct)
    {
        try
        {
            return await DatabaseRoles.EnsureAsync(owner, address, options.PostgresRoleSecret, ct);
        }
        catch (NpgsqlException e)
        {
            throw Pool.Refusal(e, Embedded, address);
        }
    }

    // Each pool opens connections as it needs them: without this, a limit that is too low would show under load, as failed requests.
    private async Task CheckRoomAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            select least(
                current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - coalesce(current_setting('reserved_connections', true)::int, 0),
                (select nullif(rolconnlimit, -1) from pg_roles where rolname = current_user), (select nullif(datconnlimit, -1) from pg_database where datname = current_database()))
            """,
            connection);
        var allowed = (int)(await command.ExecuteScalarAsync(ct))!;
        var wanted = Pools.Most(options);
        if (wanted > allowed)
        {
            logger.FewConnections(wanted, allowed);
        }
    }

    // Asked of a session like any other: also a role or a connection string can turn these off.
    private async Task CheckDurabilityAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        LossySettings = await Durability.LossyAsync(connection, ct);
        if (LossySettings.Count == 0)
        {
            return;
        }

        if (server is not null)
        {
            Durability.RefuseUnlessAllowed(options, $"{string.Join(", ", LossySettings)} of the built-in PostgreSQL, set for its role or database,");
        }

        logger.MayLoseData(string.Join(", ", LossySettings));
    }
}
