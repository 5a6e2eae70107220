using Microsoft.Extensions.Options;
using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records;
using Salus.Records.Search;
using Salus.Records.Storage;
using Salus.TestSupport;

namespace Salus.Bench.Layouts;

/// <summary>A fresh embedded server with one schema per layout, one connection to it, and the record's own parts. Gone when disposed.</summary>
internal sealed class Bed : IAsyncDisposable
{
    private readonly TestFolder folder;

    public required Database Database { get; init; }

    public required NpgsqlConnection Connection { get; init; }

    public required ServerProcess Server { get; init; }

    public required Catalog Catalog { get; init; }

    public required SearchParser Parser { get; init; }

    public required Preparation Preparation { get; init; }

    public required SearchValueExtractor Extractor { get; init; }

    public required IReadOnlyList<Layout> Layouts { get; init; }

    public static Caller Caller => Caller.System;

    public static async Task<Bed> MakeAsync(IReadOnlyList<string> names)
    {
        var folder = new TestFolder();
        var options = new KernelOptions { Data = folder["data"], PoolSize = 4 };
        // Only the stages vacuum, so that no layout's batches carry another's maintenance.
        options.PostgresSettings["autovacuum"] = "off";
        var database = new Database(options);
        await database.StartAsync();
        await new MigrationRunner(database, [new MigrationSet("records", typeof(RecordsModule).Assembly)]).RunAsync();
        var parameters = new SearchParameterSet(FhirDefinitions.R4);
        var extractor = new SearchValueExtractor(parameters);
        var catalog = new Catalog(database, parameters);
        await catalog.LoadAsync(CancellationToken.None);
        var sql = new SearchSql(catalog, TimeProvider.System);
        var connection = await database.Source.OpenConnectionAsync();
        Layout[] all =
        [
            new TextRows(sql), new HashedArrays("B", wide: false, 4096, catalog), new HashedArrays("B0", wide: false, 0, catalog),
            new HashedArrays("B128", wide: true, 4096, catalog), new HashedRows("C", wide: false, catalog), new HashedRows("C128", wide: true, catalog),
            new TextRowsOneIndex(sql, Caller.Tenant, catalog), new HashedArrays("B128S", wide: true, 512, catalog),
        ];
        var layouts = all.Where(l => names.Contains(l.Name, StringComparer.OrdinalIgnoreCase)).ToArray();
        foreach (var layout in layouts)
        {
            await MakeTablesAsync(connection, layout);
        }

        return new Bed(folder)
        {
            Database = database,
            Connection = connection,
            Server = new ServerProcess(connection),
            Catalog = catalog,
            Parser = new SearchParser(parameters, Options.Create(new RecordsOptions())),
            Preparation = new Preparation(FhirDefinitions.R4, extractor, catalog, Options.Create(new RecordsOptions()), TimeProvider.System),
            Extractor = extractor,
            Layouts = layouts,
        };
    }

    private Bed(TestFolder folder) => this.folder = folder;

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        await Database.DisposeAsync();
        folder.Dispose();
    }

    private static async Task MakeTablesAsync(NpgsqlConnection connection, Layout layout)
    {
        await using var migration = typeof(RecordsModule).Assembly.GetManifestResourceStream("Salus.Records.Migrations.0001_log.sql")
            ?? throw new InvalidOperationException("The record's first migration is not where this program looks for it.");
        using var reader = new StreamReader(migration);
        var sql = layout.Own($"create schema {layout.Schema};\n{await reader.ReadToEndAsync()}\n{layout.Setup}");
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
