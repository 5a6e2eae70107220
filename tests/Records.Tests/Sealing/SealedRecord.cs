using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Sealing;
using Salus.Records.Tests.Support;
using Salus.TestSupport;

namespace Salus.Records.Tests.Sealing;

/// <summary>A record with a data folder for its keys, whose server can be stopped and started with other settings.</summary>
internal sealed class SealedRecord : IAsyncDisposable
{
    public const string Ssn = "http://hl7.org/fhir/sid/us-ssn";
    public const string Mrn = "http://hospital.example/mrn";

    private readonly TestDatabase database;
    private readonly TestFolder folder = new();
    private WebApplication? app;

    private SealedRecord(TestDatabase database) => this.database = database;

    public FhirClient Fhir { get; private set; } = null!;

    public NpgsqlDataSource Source => database.Source;

    public string KeyFile => folder["keys/sealing.json"];

    public static async Task<SealedRecord> StartAsync(params (string Name, string Value)[] settings)
    {
        var record = new SealedRecord(await TestDatabase.CreateAsync(new MigrationSet("records", typeof(RecordsModule).Assembly)));
        await record.ServeAsync(settings);
        return record;
    }

    /// <summary>Starts the server, in place of the one before.</summary>
    public async Task ServeAsync(params (string Name, string Value)[] settings)
    {
        await StopAsync();
        app = await RecordServer.StartAsync(
            database.ConnectionString,
            [new("Salus:Data", folder.Path), .. settings.Select(s => KeyValuePair.Create($"Salus:Records:{s.Name}", (string?)s.Value))]);
        Fhir = new FhirClient(RecordServer.AddressOf(app));
    }

    public async Task StopAsync()
    {
        if (app is not null)
        {
            Fhir.Dispose();
            await app.DisposeAsync();
            app = null;
        }
    }

    public T Get<T>()
        where T : notnull => app!.Services.GetRequiredService<T>();

    public async Task ResealedAsync()
    {
        var (batch, keys) = (Get<ResealBatch>(), Get<SealKeys>());
        ResealProgress? progress = null;
        await Eventually.TrueAsync(
            async () => (progress = await batch.ProgressAsync(CancellationToken.None)) is { Finished: true } done && done.Target == keys.Target, 60, () => $"{progress} of {keys.Target}");
    }

    public async Task<CheckReport> CheckAsync() =>
        await Get<RecordCheck>().RunAsync(new CheckOrder { AllVersions = true, MaxDifferences = 10 }, new CheckProgress(), CancellationToken.None);

    public async Task ExecuteAsync(string sql)
    {
#pragma warning disable CA2100 // Written in the tests.
        await using var command = Source.CreateCommand(sql);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
#pragma warning disable CA2100 // Written in the tests.
        await using var command = Source.CreateCommand(sql);
#pragma warning restore CA2100
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>The columns of all tables in which a text stands: of every type that can hold it.</summary>
    public async Task<List<string>> PlacesOfAsync(string text)
    {
        var columns = new List<(string Table, string Column, string Type)>();
        await using (var list = Source.CreateCommand(
            """
            select quote_ident(c.table_schema) || '.' || quote_ident(c.table_name), quote_ident(c.column_name), c.udt_name
            from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
            where t.table_type = 'BASE TABLE' and c.table_schema not in ('information_schema', 'pg_catalog')
            """))
        {
            await using var reader = await list.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                columns.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2)));
            }
        }

        Assert.Contains(columns, c => c is { Table: "records.log", Column: "body" });
        var places = new List<string>();
        foreach (var (table, column, type) in columns)
        {
            var shown = type == "bytea" ? $"position(convert_to('{text}', 'UTF8') in {column}) > 0" : $"position('{text}' in {column}::text) > 0";
            if (await ScalarAsync<long>($"select count(*) from {table} where {shown}") > 0)
            {
                places.Add($"{table}.{column}");
            }
        }

        return places;
    }

    public static JsonObject Patient(string id, string ssn, string mrn = "") => JsonNode.Parse(
        $$"""
        {"resourceType":"Patient","id":"{{id}}","identifier":[{"system":"{{Mrn}}","value":"m-{{(mrn.Length > 0 ? mrn : id)}}"},
         {"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"SS"}]},"system":"{{Ssn}}","value":"{{ssn}}"}],
         "name":[{"family":"Sealed"}],"telecom":[{"system":"phone","value":"555-{{id}}"}]}
        """)!.AsObject();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await database.DisposeAsync();
        folder.Dispose();
    }
}
