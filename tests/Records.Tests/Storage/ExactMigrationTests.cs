using Npgsql;
using Salus.Records.Storage;
using Salus.TestSupport;

namespace Salus.Records.Tests.Storage;

/// <summary>0002: what stood in rows of the index stands as words in the current row, as the program would write them.</summary>
public sealed class ExactMigrationTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        await ExecuteAsync("create schema records");
        await ExecuteAsync(MigrationText.Of("0001_log"));
    }

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task Rows_become_the_words_that_the_program_would_write()
    {
        await ExecuteAsync(
            """
            insert into records.current (key, position, at, tenant, version, type, deleted, id)
            values (1, 1, now(), 1, 1, 4, false, 'a'), (2, 2, now(), 1, 1, 4, false, 'b'), (3, 3, now(), 1, 2, 4, true, 'c');
            insert into records.index_exact (tenant, parameter, key, system, code) values
                (1, 12, 1, 5, 'a b''\'), (1, 12, 1, 0, 'a b''\'), (1, 13, 1, -4, 'p1'), (1, 14, 1, 0, 'http://example.org/x'), (1, 12, 1, 5, 'a b''\'),
                (1, 12, 3, 5, 'gone');
            insert into records.index_exact (tenant, parameter, key, system, code) values (1, 12, 1, 7, 'odd' || chr(31) || 'code');
            """);
        await ExecuteAsync(MigrationText.Of("0002_exact"));

        Assert.Equal(
            new[]
            {
                Lexeme.Of(12, "a b'\\"), Lexeme.Of(12, "a b'\\", 5), Lexeme.Of(12, "a b'\\", 0), Lexeme.Of(13, "p1", -4), Lexeme.Of(14, "http://example.org/x"),
                Lexeme.Of(14, "http://example.org/x", 0), Lexeme.Of(12, "odd\u001fcode"), Lexeme.Of(12, "odd\u001fcode", 7),
            }.Order(StringComparer.Ordinal),
            (await WordsAsync(1)).Order(StringComparer.Ordinal));
        Assert.Empty(await WordsAsync(2));
        Assert.Empty(await WordsAsync(3));
    }

    private async Task<string[]> WordsAsync(long key)
    {
        await using var command = database.Source.CreateCommand("select tsvector_to_array(exact) from records.current where key = $1");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = key });
        return (string[])(await command.ExecuteScalarAsync())!;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
