using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Salus.Access.Audit;
using Salus.Kernel;
using Salus.TestSupport;

namespace Salus.Access.Tests.Audit;

/// <summary>A trail of its own in a database of its own, whose clock and chain a test moves itself.</summary>
internal sealed class ChainedTrail : IAsyncDisposable
{
    private readonly TestFolder folder = new();
    private readonly TestDatabase database;
    private readonly DayClock clock = new();
    private readonly AuditTrail trail;

    private ChainedTrail(TestDatabase database)
    {
        this.database = database;
        Key = new AuditKey(database.Database, database.Options, Options.Create(new AccessOptions { AuditFolder = folder["audit"] }));
        Journal = new AuditJournal(Key, clock, TimeSpan.Zero, NullLogger<AuditJournal>.Instance);
        Shipping = new AuditShipping(database.Database, Key, Journal, clock, NullLogger<AuditShipping>.Instance);
        trail = new AuditTrail(Key, Journal, Shipping, clock, NullLogger<AuditTrail>.Instance);
        File = new AuditSealFile(Key);
        Chain = new AuditChain(database.Database, Key, File, clock, NullLogger<AuditChain>.Instance) { Most = 10 };
    }

    /// <summary>Under which the fourth row of each call was done.</summary>
    public static Guid Opening { get; } = new("0198f0a2-0000-7000-8000-000000000001");

    public AuditKey Key { get; }

    public AuditJournal Journal { get; }

    public AuditShipping Shipping { get; }

    public AuditTrail Trail => trail;

    public AuditSealFile File { get; }

    public AuditChain Chain { get; }

    public TestDatabase Database => database;

    public DayClock Clock => clock;

    public static async Task<ChainedTrail> EmptyAsync() => new(await TestDatabase.CreateAsync(new MigrationSet("access", typeof(AccessModule).Assembly)));

    /// <summary>Three days of two segments each, five rows of tenant 1 and two of tenant 2 in each; the first two days are sealed.</summary>
    public static async Task<ChainedTrail> OfThreeDaysAsync()
    {
        var made = await EmptyAsync();
        for (var day = 0; day < 3; day++)
        {
            for (var segment = 0; segment < 2; segment++)
            {
                await made.WriteAsync(new Tenant(1), 5);
                await made.WriteAsync(new Tenant(2), 2);
                await made.LinkAsync();
            }

            made.clock.Now += TimeSpan.FromDays(1);
        }

        return made;
    }

    /// <summary>Links what is there.</summary>
    public async Task<int> LinkAsync()
    {
        await QuietAsync();
        return await Chain.StepAsync(CancellationToken.None);
    }

    /// <summary>Waits until nothing is open that is older: other tests write into other databases of the same server, and what is open there holds this chain back too.</summary>
    public async Task QuietAsync()
    {
        await using var command = database.Source.CreateCommand("select coalesce(max(xid) < pg_snapshot_xmin(pg_current_snapshot()), true) from access.audit");
        await Eventually.TrueAsync(async () => (bool)(await command.ExecuteScalarAsync())!);
    }

    /// <summary>Rows in one transaction.</summary>
    public async Task WriteTogetherAsync(int rows)
    {
        await using var batch = database.Source.CreateBatch();
        trail.AddTo(batch, [.. Enumerable.Range(0, rows).Select(_ => new AuditEntry(Caller.Local, AuditKind.Read))]);
        await batch.ExecuteNonQueryAsync();
    }

    /// <summary>A row for each, in transactions of their own.</summary>
    public async Task WriteAsync(Tenant tenant, int rows)
    {
        for (var i = 0; i < rows; i++)
        {
            clock.Now += TimeSpan.FromMilliseconds(5);
            await using var batch = database.Source.CreateBatch();
            var caller = Caller.Local with { Tenant = tenant, Actor = "user/1", Name = "Ada", Roles = ["nurse"], Person = "Practitioner/1", Client = "c", Session = "s", Origin = new Origin("r", "192.0.2.7"), Purpose = "TREAT", Opened = i == 3 ? [new OpenedRecord("p2", Opening)] : [] };
            trail.AddTo(batch, [new AuditEntry(caller, AuditKind.Search) { Type = "Observation", Id = "o", Version = 3, Patients = ["p1", "p2"], Query = "a=b", Detail = "d" }]);
            await batch.ExecuteNonQueryAsync();
        }
    }

    /// <summary>As somebody else who has the database and the files: verifies.</summary>
    public Task<AuditVerdict> VerifyAsync(DateOnly? day = null) => new AuditVerification(database.Database, Key, File).RunAsync(day, CancellationToken.None);

    /// <summary>The rows of tenant 1, in the order of the chain.</summary>
    public async Task<List<Guid>> IdsAsync()
    {
        await using var command = database.Source.CreateCommand("select id from access.audit where tenant = 1 order by xid, at, id");
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new List<Guid>();
        while (await reader.ReadAsync())
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }

    /// <summary>As the owner of the database.</summary>
    public async Task<int> ExecuteAsync(string sql)
    {
#pragma warning disable CA2100 // Written in the tests.
        await using var command = database.Source.CreateCommand(sql);
#pragma warning restore CA2100
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>As the owner of the database: a number.</summary>
    public async Task<long> ScalarAsync(string sql)
    {
#pragma warning disable CA2100 // Written in the tests.
        await using var command = database.Source.CreateCommand(sql);
#pragma warning restore CA2100
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        trail.Dispose();
        Journal.Dispose();
        Chain.Dispose();
        await database.DisposeAsync();
        folder.Dispose();
    }

    internal sealed class DayClock : TimeProvider
    {
        // A month that the migration makes no partition for goes into the partition for all else; this one is among those, whenever the test runs.
        public DateTimeOffset Now { get; set; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
