namespace Salus.Faults.Tests.Support;

/// <summary>A Salus process on an outside PostgreSQL, with a network between them.</summary>
internal sealed class OutsideRecord : IAsyncDisposable
{
    private readonly TestFolder folder = new();
    private readonly TestDatabase database;

    private OutsideRecord(TestDatabase database)
    {
        this.database = database;
        Network = new PostgresProxy(database.ConnectionString);
    }

    public PostgresProxy Network { get; }

    /// <summary>Of the database itself, past the network.</summary>
    public string ConnectionString => database.ConnectionString;

    public SalusProcess Salus { get; private set; } = null!;

    public FhirClient Fhir { get; private set; } = null!;

    public static async Task<OutsideRecord> StartAsync()
    {
        var record = new OutsideRecord(await TestDatabase.CreateAsync());
        record.Salus = await SalusProcess.ReadyAsync(record.folder["data"], ("Salus__Postgres", record.Network.ConnectionString));
        record.Fhir = new FhirClient(record.Salus.Address);
        return record;
    }

    public async ValueTask DisposeAsync()
    {
        Fhir?.Dispose();
        Salus?.Dispose();
        await Network.DisposeAsync();
        await database.DisposeAsync();
        folder.Dispose();
    }
}
