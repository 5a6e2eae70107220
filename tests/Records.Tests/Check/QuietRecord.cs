using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Tests.Support;
using Salus.TestSupport;

namespace Salus.Records.Tests.Check;

/// <summary>A record with some of everything in it, whose server was stopped after the feed had caught up. What a test breaks can be put back.</summary>
public sealed class QuietRecord : IAsyncLifetime
{
    private static readonly string[] Tables =
        ["log", "current", "head", "index_string", "parameter_set", "string_value", "index_date", "index_amount", "index_composite", "index_text", "code_system", "feed_consumer", "type_count"];

    private TestDatabase database = null!;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(new MigrationSet("records", typeof(RecordsModule).Assembly));
        await using (var app = await RecordServer.StartAsync(database.ConnectionString, []))
        {
            using var fhir = new FhirClient(new Uri(app.Urls.First()));
            await FillAsync(fhir);
            await CaughtUpAsync(database.Source);
        }

        await ExecuteAsync("create schema backup;" + string.Concat(Tables.Select(t => $"create table backup.{t} as table records.{t};")));
    }

    public async Task DisposeAsync() => await database.DisposeAsync();

    internal async Task<CheckReport> CheckAsync(bool allVersions = false, int most = 1) =>
        await new RecordCheck(database.Database, FhirDefinitions.R4, TimeProvider.System)
            .RunAsync(new CheckOrder { AllVersions = allVersions, MaxDifferences = most }, new CheckProgress(), CancellationToken.None);

    internal async Task ExecuteAsync(string sql)
    {
#pragma warning disable CA2100 // Written in the tests.
        await using var command = database.Source.CreateCommand(sql);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    internal Task RestoreAsync() =>
        ExecuteAsync(string.Concat(Tables.Select(t => $"truncate records.{t}; insert into records.{t} overriding system value select * from backup.{t};")));

    internal static async Task CaughtUpAsync(NpgsqlDataSource source)
    {
        for (var i = 0; i < 600; i++)
        {
            await using var command = source.CreateCommand("select coalesce(bool_and(c.position = h.position), false) from records.head h, records.feed_consumer c");
            if (await command.ExecuteScalarAsync() is true)
            {
                return;
            }

            await Task.Delay(100);
        }

        Assert.Fail("The consumers did not reach the head within a minute.");
    }

    private static async Task FillAsync(FhirClient fhir)
    {
        await fhir.StoreAsync(Samples.Patient("twice", "Meier"));
        await fhir.StoreAsync(Samples.Patient("gone"));
        await fhir.StoreAsync(Samples.Patient("back"));
        await fhir.StoreAsync(Samples.Observation("measured"));
        await fhir.StoreAsync(Samples.Patient("twice", "Huber"));
        await fhir.DeleteAsync("Patient/gone");
        await fhir.DeleteAsync("Patient/back");
        await fhir.StoreAsync(Samples.Patient("back", "Revived"));
        await new Workload(fhir, "random", 7).RunAsync(150);
    }
}
