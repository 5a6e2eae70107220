using Npgsql;

namespace Salus.Kernel.Tests.Walls;

/// <summary>Policies and rights come with the migrations, and come back at each start.</summary>
public sealed class ConventionTests : IAsyncLifetime
{
    private WalledDatabase database = null!;

    public async Task InitializeAsync() => database = await WalledDatabase.CreateAsync();

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task A_table_of_a_later_migration_is_walled_too()
    {
        await database.MigrateAsync(WalledDatabase.Tables, ("0002_more", "create table sample.parcel (tenant int not null); insert into sample.parcel values (1), (2), (2)"));

        Assert.Equal(1L, await database.AsTenantAsync(WalledDatabase.One, "select count(*) from sample.parcel"));
        Assert.Equal(2L, await database.AsTenantAsync(WalledDatabase.Two, "select count(*) from sample.parcel"));
    }

    [Theory]
    [InlineData("alter table sample.thing disable row level security", "select count(*) from sample.thing")]
    [InlineData("drop policy salus_tenant_2 on sample.thing", "select count(*) from sample.thing")]
    public async Task What_was_taken_down_is_put_up_again(string sabotage, string count)
    {
        await database.Database.ExecuteAsync(sabotage);

        await database.MigrateAsync(WalledDatabase.Tables);

        Assert.Equal(1L, await database.AsTenantAsync(WalledDatabase.One, count));
    }

    [Fact]
    public async Task A_right_that_was_given_by_hand_is_taken_back()
    {
        await database.Database.ExecuteAsync($"grant update on sample.audit to \"{database.Database.Roles.System}\"; grant all on sample.secret to \"{database.Database.Roles.App}\"");
        Assert.Equal("hash", await database.AsTenantAsync(WalledDatabase.One, "select hash from sample.secret"));

        await database.MigrateAsync(WalledDatabase.Tables);

        await RefusedAsync(() => database.AsTenantAsync(WalledDatabase.One, "select hash from sample.secret"));
        await RefusedAsync(() => database.AsSystemAsync("update sample.audit set what = 'x'"));
    }

    [Fact]
    public async Task Where_everything_stands_nothing_is_touched()
    {
        const string State = "select string_agg(xmin::text, ',' order by oid) from pg_class where relnamespace = 'sample'::regnamespace";
        var before = await database.Database.ScalarAsync<string>(State);

        await database.MigrateAsync(WalledDatabase.Tables);

        Assert.Equal(before, await database.Database.ScalarAsync<string>(State));
    }

    [Theory]
    [InlineData("update sample.audit set what = 'nothing'")]
    [InlineData("delete from sample.audit")]
    [InlineData("truncate sample.audit")]
    [InlineData("select * from sample.audit for update")]
    [InlineData("merge into sample.audit a using sample.unit u on true when matched then delete")]
    [InlineData("insert into sample.audit_all (tenant, what) values (1, 'beside the table')")]
    [InlineData("delete from sample.audit_all")]
    [InlineData("alter table sample.audit detach partition sample.audit_all")]
    [InlineData("drop table sample.audit_all")]
    [InlineData("alter table sample.audit disable row level security")]
    [InlineData("create trigger t before insert on sample.audit for each row execute function suppress_redundant_updates_trigger()")]
    [InlineData("set session_replication_role = replica")]
    [InlineData("create table sample.mine (n int)")]
    [InlineData("create table public.mine (n int)")]
    [InlineData("select * from pg_authid")]
    [InlineData("copy sample.audit to program 'true'")]
    public async Task Also_the_system_may_only_add_to_what_is_append_only(string sql) => await RefusedAsync(() => database.AsSystemAsync(sql));

    [Fact]
    public async Task The_system_adds_to_what_is_append_only_and_reads_it()
    {
        Assert.Equal(3L, await database.AsSystemAsync("insert into sample.audit (tenant, what) values (2, 'search')", "select count(*) from sample.audit"));
    }

    [Fact]
    public async Task The_system_reads_and_writes_everything_else()
    {
        Assert.Equal(3L, await database.AsSystemAsync("insert into sample.thing values (3, 7, 'x')", "update sample.thing set name = 'y'", "delete from sample.part", "select count(*) from sample.thing where name = 'y'"));
    }

    private static async Task RefusedAsync(Func<Task> work) =>
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(work)).SqlState);
}
