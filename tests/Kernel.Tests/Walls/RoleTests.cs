using Npgsql;
using Salus.TestSupport;

namespace Salus.Kernel.Tests.Walls;

/// <summary>How the roles come to be, on servers that allow it and on such that do not.</summary>
public sealed class RoleTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    public async Task InitializeAsync() => database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task The_roles_of_two_databases_of_one_server_do_not_open_each_other()
    {
        await using var other = await WalledDatabase.CreateAsync();
        var foreign = new NpgsqlConnectionStringBuilder(database.Database.SystemConnectionString) { Database = new NpgsqlConnectionStringBuilder(other.ConnectionString).Database, Pooling = false };
        await using var connection = new NpgsqlConnection(foreign.ConnectionString);
        await connection.OpenAsync();

        var refused = await Assert.ThrowsAsync<PostgresException>(async () => await new NpgsqlCommand("select * from sample.thing", connection).ExecuteScalarAsync());

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task A_second_process_and_a_restart_find_the_roles_as_they_are()
    {
        var passwords = $"select string_agg(rolpassword, ',' order by rolname) from pg_authid where rolname like '{database.Database.Roles.App[..^3]}%'";
        var before = await database.Database.ScalarAsync<string>(passwords);
        for (var i = 0; i < 2; i++)
        {
            await using var second = new Database(database.Options);
            await second.StartAsync();
            Assert.Equal(1, await AskAsync(second.Source));
            Assert.Equal(1, await AskAsync(second.For(Tenant.Default).AdHoc));
        }

        Assert.Equal(1, await AskAsync(database.Database.Source));
        Assert.Equal(before, await database.Database.ScalarAsync<string>(passwords));
    }

    [Fact]
    public async Task Passwords_that_do_not_fit_any_more_are_set_anew()
    {
        await database.Database.ExecuteAsync($"alter role \"{database.Database.Roles.System}\" password 'of somebody else'; alter role \"{database.Database.Roles.Of(Tenant.Default)}\" password 'of somebody else'");

        await using var second = new Database(database.Options);
        await second.StartAsync();

        Assert.Equal(1, await AskAsync(second.Source));
        Assert.Equal(1, await AskAsync(second.For(Tenant.Default).Source));
    }

    [Theory]
    [InlineData("alter role {0} superuser")]
    [InlineData("alter role {0} bypassrls")]
    [InlineData("alter role {0} createrole")]
    [InlineData("grant {1} to {0}")]
    public async Task A_role_that_may_do_too_much_stops_the_start(string sql)
    {
        var owner = new NpgsqlConnectionStringBuilder(database.ConnectionString).Username;
        await database.Database.ExecuteAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, $"\"{database.Database.Roles.Of(Tenant.Default)}\"", $"\"{owner}\""));

        await using var second = new Database(database.Options);
        var refused = await Assert.ThrowsAsync<CannotStartException>(async () => await second.StartAsync());

        Assert.Contains($"The role {database.Database.Roles.Of(Tenant.Default)} of the database may do more than it should", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task An_owner_that_may_make_roles_makes_them()
    {
        var options = await OwnedAsync("maker", "createrole");
        await using var outside = new Database(options);
        await outside.StartAsync();
        await new MigrationRunner(outside, [WalledDatabase.SetOf(WalledDatabase.Tables)]).RunAsync();

        Assert.Equal(1L, await CountAsync(outside.For(WalledDatabase.One).Source));
        Assert.Equal(1L, await CountAsync(outside.For(WalledDatabase.Two).Source));
        Assert.Equal(2L, await CountAsync(outside.Source));
    }

    [Fact]
    public async Task An_owner_that_may_not_says_what_an_administrator_has_to_run()
    {
        using var log = new CapturedLog();
        var options = await OwnedAsync("plain", "nocreaterole");
        await using (var early = new Database(options))
        {
            var refused = await Assert.ThrowsAsync<CannotStartException>(async () => await early.StartAsync());
            Assert.StartsWith("Salus:Postgres leads to a role that may not make roles", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refused.Message);
            Assert.DoesNotContain("plain-password", refused.Message, StringComparison.Ordinal);
            await database.Database.ExecuteAsync(refused.Message[refused.Message.IndexOf("create role", StringComparison.Ordinal)..]);
        }

        await using var outside = new Database(options);
        await outside.StartAsync();
        var logger = Microsoft.Extensions.Logging.LoggerFactoryExtensions.CreateLogger<MigrationRunner>(log);
        await new MigrationRunner(outside, [WalledDatabase.SetOf(WalledDatabase.Tables)], logger).RunAsync();

        Assert.Equal(1L, await CountAsync(outside.For(WalledDatabase.One).Source));
        Assert.Equal(2L, await CountAsync(outside.Source));
        Assert.Contains(log.Lines, l => l.Contains("Searches are slow on this PostgreSQL until a superuser runs, in this database: alter function pg_catalog.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_owner_without_a_password_needs_a_secret()
    {
        await using var outside = new Database(new KernelOptions { Postgres = database.ConnectionString, PostgresRoleSecret = "a secret of its own, for the roles" });
        await outside.StartAsync();
        Assert.Equal(1, await AskAsync(outside.Source));
    }

    [Fact]
    public void Passwords_differ_by_role_and_secret_and_are_not_in_their_verifiers()
    {
        Assert.Equal(RolePassword.Of("s", "a"), RolePassword.Of("s", "a"));
        Assert.NotEqual(RolePassword.Of("s", "a"), RolePassword.Of("s", "b"));
        Assert.NotEqual(RolePassword.Of("s", "a"), RolePassword.Of("t", "a"));
        Assert.DoesNotContain(RolePassword.Of("s", "a"), RolePassword.Verifier("s", "a"), StringComparison.Ordinal);
        Assert.Matches(@"^SCRAM-SHA-256\$4096:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]{44}:[A-Za-z0-9+/=]{44}$", RolePassword.Verifier("s", "a"));
    }

    [Theory]
    [InlineData("salus", "salus_tenant_1")]
    [InlineData("a_tenant_2", "a_tenant_2_tenant_1")]
    public void A_role_is_named_after_its_database(string name, string expected) => Assert.Equal(expected, new RoleNames(name).Of(Tenant.Default));

    [Fact]
    public void A_long_name_still_ends_in_the_number_of_the_tenant()
    {
        var name = new RoleNames(new string('x', 63)).Of(new Tenant(int.MaxValue));

        Assert.InRange(name.Length, 1, 63);
        Assert.EndsWith("_tenant_2147483647", name, StringComparison.Ordinal);
    }

    // A database of its own with an owner of its own, on the same server.
    private async Task<KernelOptions> OwnedAsync(string name, string right)
    {
        var unique = $"{name}_{Guid.NewGuid():N}";
        await database.Database.ExecuteAsync($"create role {unique} login {right} password 'plain-password'");
        await database.Database.ExecuteAsync($"create database {unique} owner {unique}");
        var address = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = unique, Password = "plain-password", Database = unique };
        return new KernelOptions { Postgres = address.ConnectionString, PoolSize = 4 };
    }

    private static async Task<int> AskAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("select 1");
        return (int)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<long> CountAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("select count(*) from sample.thing");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
