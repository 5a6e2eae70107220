using Npgsql;
using Salus.TestSupport;

namespace Salus.Kernel.Tests.Walls;

/// <summary>A database with a row of each of two tenants in every kind of table, migrated as a program does it.</summary>
internal sealed class WalledDatabase : IAsyncDisposable
{
    public static readonly Tenant One = Tenant.Default;
    public static readonly Tenant Two = new(2);

    /// <summary>Tables with a tenant, with a foreign key to one, of all, append-only, and one that tenants may not read.</summary>
    public static readonly (string, string) Tables = (
        "0001_tables",
        """
        create table sample.thing (id int primary key, tenant int not null, name text not null, words tsvector);
        create index thing_words on sample.thing using gin (words);
        create table sample.part (thing int not null references sample.thing, name text not null);
        create table sample.unit (code text primary key);
        create table sample.secret (tenant int not null, hash text not null);
        create table sample.audit (id int generated always as identity, tenant int not null, what text not null) partition by range (id);
        create table sample.audit_all partition of sample.audit default;
        insert into sample.thing select n, n, 'thing of ' || n, to_tsvector('simple', 'word') from generate_series(1, 2) n;
        insert into sample.part select n, 'part of ' || n from generate_series(1, 2) n;
        insert into sample.unit values ('mg');
        insert into sample.secret values (1, 'hash');
        insert into sample.audit (tenant, what) values (1, 'read'), (2, 'read');
        """);

    private readonly TestDatabase copy;

    private WalledDatabase(TestDatabase copy) => this.copy = copy;

    public Database Database => copy.Database;

    public string ConnectionString => copy.ConnectionString;

    public static MigrationSet SetOf(params (string, string)[] files) => new SqlFiles(files).Set with { Read = ["thing", "par*", "unit"], AppendOnly = ["audit*"] };

    public static async Task<WalledDatabase> CreateAsync()
    {
        var walled = new WalledDatabase(await TestDatabase.CreateAsync());
        await walled.MigrateAsync(Tables);
        return walled;
    }

    public Task<int> MigrateAsync(params (string, string)[] files) => new MigrationRunner(Database, [SetOf(files)]).RunAsync();

    /// <summary>Runs statements in one session of a tenant and gives the first value of the last one.</summary>
    public Task<object?> AsTenantAsync(Tenant tenant, params string[] statements) => RunAsync(Database.For(tenant).Source, statements);

    public Task<object?> AsSystemAsync(params string[] statements) => RunAsync(Database.Source, statements);

    // In a transaction that is rolled back: the session goes back to the pool as it came.
    private static async Task<object?> RunAsync(NpgsqlDataSource source, string[] statements)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        object? last = null;
        foreach (var sql in statements)
        {
#pragma warning disable CA2100 // Written in the tests.
            await using var command = new NpgsqlCommand(sql, connection, transaction);
#pragma warning restore CA2100
            last = await command.ExecuteScalarAsync();
        }

        return last;
    }

    public ValueTask DisposeAsync() => copy.DisposeAsync();
}
