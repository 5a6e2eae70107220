using Npgsql;
using Salus.TestSupport;

namespace Salus.Kernel.Tests;

public sealed class OutsideServerTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    public async Task InitializeAsync() => database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task A_connection_string_leads_to_a_server_that_is_left_alone()
    {
        await using (var outside = new Database(new KernelOptions { Postgres = database.ConnectionString }))
        {
            await outside.StartAsync();
            Assert.False(outside.Embedded);
            Assert.True(outside.Available);
            Assert.Equal(18, outside.ServerVersion.Major);
        }

        Assert.Equal(1, await database.Database.ScalarAsync<int>("select 1"));
    }

    [Fact]
    public async Task Settings_that_can_lose_data_are_named_and_logged()
    {
        using var log = new CapturedLog();
        await using var outside = new Database(new KernelOptions { Postgres = database.ConnectionString }, log);
        await outside.StartAsync();
        Assert.Equal(["fsync=off", "full_page_writes=off", "synchronous_commit=off"], outside.LossySettings);
        Assert.Contains(log.Lines, l => l.Contains("CAN LOSE ACKNOWLEDGED DATA: PostgreSQL has fsync=off", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Too_few_connections_for_the_pools_are_told_at_the_start()
    {
        using var log = new CapturedLog();
        await using (var fitting = new Database(new KernelOptions { Postgres = database.ConnectionString, PoolSize = 8 }, log))
        {
            await fitting.StartAsync();
            Assert.DoesNotContain(log.Lines, l => l.Contains("Salus opens up to", StringComparison.Ordinal));
        }

        await using var greedy = new Database(new KernelOptions { Postgres = database.ConnectionString, PoolSize = 500 }, log);
        await greedy.StartAsync();
        Assert.Contains(log.Lines, l => l.Contains("Salus opens up to 1502 connections (Salus:PoolSize), and PostgreSQL lets it have ", StringComparison.Ordinal));
    }

    [Fact]
    public void The_pool_is_set_up_for_prepared_statements_unless_the_operator_says_otherwise()
    {
        var ours = new NpgsqlConnectionStringBuilder(database.Database.Source.ConnectionString);
        Assert.Equal((40, 1, true, 8), (ours.MaxAutoPrepare, ours.AutoPrepareMinUsages, ours.NoResetOnClose, ours.MaxPoolSize));

        using var pool = Pool.Build("Host=x;Max Auto Prepare=0;Maximum Pool Size=3", 8, planAnew: false, null);
        var theirs = new NpgsqlConnectionStringBuilder(pool.ConnectionString);
        Assert.Equal((0, 3), (theirs.MaxAutoPrepare, theirs.MaxPoolSize));
    }

    [Theory]
    [InlineData("Password=wrong-secret", "does not accept the user 'salus'")]
    [InlineData("Database=nowhere", "there is no database 'nowhere'")]
    [InlineData("Host=127.0.0.1;Port=1", "Check that it runs")]
    public async Task A_connection_that_fails_is_told_in_one_line_without_the_password(string change, string expected)
    {
        await using var outside = new Database(new KernelOptions { Postgres = $"{database.ConnectionString};{change}" });

        var refused = await Assert.ThrowsAsync<CannotStartException>(async () => await outside.StartAsync());

        Assert.StartsWith("Salus:Postgres leads to ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.DoesNotContain(new NpgsqlConnectionStringBuilder(database.ConnectionString).Password!, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Hots=x", "is not a connection string")]
    [InlineData("Username=x", "names no Host")]
    public async Task A_malformed_connection_string_is_refused(string text, string expected)
    {
        await using var outside = new Database(new KernelOptions { Postgres = text });

        var refused = await Assert.ThrowsAsync<CannotStartException>(async () => await outside.StartAsync());

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }
}
