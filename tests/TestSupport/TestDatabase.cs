using System.Collections.Concurrent;
using Npgsql;
using Salus.Kernel;

namespace Salus.TestSupport;

/// <summary>
/// A database of its own for a test class, on the real PostgreSQL: a copy of a template in which the migrations ran once per test process.
/// <code>
/// public sealed class StoreTests : IAsyncLifetime
/// {
///     private TestDatabase database = null!;
///     public async Task InitializeAsync() => database = await TestDatabase.CreateAsync(new MigrationSet("records", typeof(RecordsModule).Assembly));
///     public async Task DisposeAsync() => await database.DisposeAsync();
/// }
/// </code>
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Templates = new(StringComparer.Ordinal);
    private static int count;

    private readonly Database server;
    private readonly string name;

    private TestDatabase(Database server, string name, Database database, KernelOptions options)
    {
        this.server = server;
        this.name = name;
        Database = database;
        Options = options;
    }

    /// <summary>Started and migrated.</summary>
    public Database Database { get; }

    /// <summary>Connections of the owner, who may look at everything and change it.</summary>
    public NpgsqlDataSource Source => Database.Owner;

    /// <summary>Options that lead to this database: <c>Salus:Postgres</c> for a whole host in a test.</summary>
    public KernelOptions Options { get; }

    /// <summary>Connection string of this database.</summary>
    public string ConnectionString => Options.Postgres!;

    /// <summary>Makes the copy; about 30 ms once the template is there.</summary>
    public static async Task<TestDatabase> CreateAsync(params MigrationSet[] sets)
    {
        var server = await TestServer.GetAsync();
        var key = string.Join(',', sets.Select(s => $"{s.Module}={s.Assembly.GetName().Name}").Order(StringComparer.Ordinal));
        var template = await Templates.GetOrAdd(key, _ => new Lazy<Task<string>>(() => MakeTemplateAsync(server, sets))).Value;
        var name = NextName("test");
        await ExecuteAsync(server, $"create database {name} template {template} strategy file_copy");
        var options = new KernelOptions { Postgres = ConnectionStringOf(server, name), PoolSize = 8 };
        var database = new Database(options);
        await database.StartAsync();
        // The roles have the name of their database in theirs: those of the template may do nothing here.
        await new MigrationRunner(database, sets).RunAsync();
        return new TestDatabase(server, name, database, options);
    }

    /// <summary>Drops the copy.</summary>
    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await ExecuteAsync(server, $"drop database if exists {name} with (force)");
    }

    private static async Task<string> MakeTemplateAsync(Database server, MigrationSet[] sets)
    {
        var template = NextName("template");
        await ExecuteAsync(server, $"create database {template} strategy file_copy");
        await using var database = new Database(new KernelOptions { Postgres = ConnectionStringOf(server, template) + ";Pooling=false" });
        await database.StartAsync();
        await new MigrationRunner(database, sets).RunAsync();
        return template;
    }

    private static string NextName(string kind) => $"{kind}_{Interlocked.Increment(ref count)}";

    private static string ConnectionStringOf(Database server, string database) =>
        new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = database }.ConnectionString;

    private static async Task ExecuteAsync(Database server, string sql)
    {
#pragma warning disable CA2100 // Names made here.
        await using var command = server.Owner.CreateCommand(sql);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
