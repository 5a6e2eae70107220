using Salus.TestSupport;

namespace Salus.Kernel.Tests;

public sealed class TestDatabaseTests
{
    [Fact]
    public async Task Each_copy_is_migrated_and_apart_from_the_others()
    {
        var set = new MigrationSet("sample", typeof(TestDatabaseTests).Assembly);
        await using var one = await TestDatabase.CreateAsync(set);
        await using var two = await TestDatabase.CreateAsync(set);

        await one.Database.ExecuteAsync("insert into sample.thing (name) values ('one')");

        Assert.Equal(1, await one.Database.ScalarAsync<long>("select count(*) from sample.thing"));
        Assert.Equal(0, await two.Database.ScalarAsync<long>("select count(*) from sample.thing"));
    }
}
