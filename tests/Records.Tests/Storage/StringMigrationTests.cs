using System.Text;
using Npgsql;
using NpgsqlTypes;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Storage;
using Salus.TestSupport;

namespace Salus.Records.Tests.Storage;

/// <summary>0003: a row per parameter and text becomes a row per text, as the program would write it.</summary>
public sealed class StringMigrationTests : IAsyncLifetime
{
    private readonly SearchParameterSet parameters = new(FhirDefinitions.R4);
    private TestDatabase database = null!;

    // What the start of Salus does after all migrations: the catalog works across tenants.
    private const string Grants =
        """
        do $$ begin
            execute format('grant usage on schema records to %I', current_database() || '_system');
            execute format('grant all on all tables in schema records to %I', current_database() || '_system');
        end $$
        """;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        await ExecuteAsync("create schema records");
        await ExecuteAsync(MigrationText.Of("0001_log"));
        await ExecuteAsync(MigrationText.Of("0002_exact"));
    }

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task Rows_become_those_that_the_program_would_write()
    {
        SearchValues[] resources =
        [
            // Family and a given name alike, also a city; a text in two spellings; a text that one parameter finds; a long one.
            Extract("""{"resourceType":"Patient","name":[{"family":"Müller","given":["Ada","Müller"],"prefix":["Dr."]},{"text":"MÜLLER"}],"address":[{"line":["1 Main St"],"city":"Ada","state":"NY","country":"NY"}]}"""),
            Extract($$"""{"resourceType":"Patient","name":[{"family":"{{new string('x', 700)}}"}],"address":[{"line":["1 Main St"],"postalCode":"02139"}]}"""),
            Extract("""{"resourceType":"Organization","name":"Ada","alias":["Ada","A.  D.\tA."]}"""),
            Extract("""{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueString":"Ada"}"""),
            Extract("""{"resourceType":"Basic","code":{"text":"x"}}"""),
        ];
        await WriteOldAsync(resources);
        await ExecuteAsync(MigrationText.Of("0003_strings"));
        await ExecuteAsync(MigrationText.Of("0006_reindex"));
        await ExecuteAsync(Grants);

        var catalog = new Catalog(database.Database, parameters);
        await catalog.LoadAsync(CancellationToken.None);
        var expected = new List<(StringRow, long)>();
        for (var i = 0; i < resources.Length; i++)
        {
            var texts = StringText.Of(resources[i].Strings, catalog);
            expected.AddRange(IndexedString.Of(texts, catalog).Select(t => (StringRow.Of(new Tenant(1), t), i + 1L)));
        }

        var rows = await ReadAsync("select tenant, parameter, value, original, key from records.index_string", r => (new StringRow(r.GetInt32(0), r.GetInt32(1), r.GetString(2), r.GetString(3)), r.GetInt64(4)));
        Assert.Equal(expected.OrderBy(e => e.ToString(), StringComparer.Ordinal), rows.OrderBy(e => e.ToString(), StringComparer.Ordinal));
        Assert.Contains(rows, r => r.Item1.Parameter > 0);
        Assert.True(rows.Count < resources.Sum(r => r.Strings.Count) / 1.5);
        Assert.Equal(
            rows.Select(r => r.Item1.Value).Distinct().Order(StringComparer.Ordinal),
            await ReadAsync("select value from records.string_value order by value", r => r.GetString(0)));
    }

    [Fact]
    public async Task An_empty_index_stays_empty_and_can_be_written()
    {
        await ExecuteAsync(MigrationText.Of("0003_strings"));
        await ExecuteAsync(MigrationText.Of("0006_reindex"));
        await ExecuteAsync(Grants);
        var catalog = new Catalog(database.Database, parameters);
        await catalog.LoadAsync(CancellationToken.None);
        await catalog.ParameterSets.LearnAsync([[1, 2]], CancellationToken.None);
        Assert.Equal(-1, catalog.ParameterSets.Number([1, 2]));
        Assert.Equal(0L, (await ReadAsync("select count(*) from records.index_string", r => r.GetInt64(0))).Single());
    }

    private SearchValues Extract(string json)
    {
        Assert.True(ResourceReader.TryRead(Encoding.UTF8.GetBytes(json), FhirDefinitions.R4, out var document, out var issue), issue?.ToString());
        var values = new SearchValues();
        new SearchValueExtractor(parameters).Extract(document.Root, values);
        return values;
    }

    // As it was before: a row for every parameter and text.
    private async Task WriteOldAsync(SearchValues[] resources)
    {
        await ExecuteAsync(string.Concat(parameters.All.Select(p => $"insert into records.parameter (resource_type, code) values ('{p.ResourceType.Name}', '{p.Code}');")));
        var numbers = (await ReadAsync("select resource_type || '.' || code, id from records.parameter", r => (r.GetString(0), r.GetInt32(1)))).ToDictionary(p => p.Item1, p => p.Item2);
        for (var i = 0; i < resources.Length; i++)
        {
            foreach (var value in resources[i].Strings)
            {
                await using var command = database.Source.CreateCommand("insert into records.index_string (tenant, parameter, key, value, original) values (1, $1, $2, $3, $4)");
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = numbers[value.Parameter.ToString()] });
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = i + 1 });
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = FoldedText.Fold(value.Text), NpgsqlDbType = NpgsqlDbType.Text });
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value.Text, NpgsqlDbType = NpgsqlDbType.Text });
                await command.ExecuteNonQueryAsync();
            }
        }
    }

    private async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
        var rows = new List<T>();
#pragma warning disable CA2100 // Written in this test.
        await using var command = database.Source.CreateCommand(sql);
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private async Task ExecuteAsync(string sql)
    {
        // One transaction, as the runner has it.
        await using var connection = await database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
#pragma warning disable CA2100 // Written in this test or in a migration.
        await using var command = new NpgsqlCommand(sql, connection, transaction);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }
}
