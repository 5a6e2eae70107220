using Npgsql;

namespace Salus.Kernel.Tests.Walls;

/// <summary>Whoever can run any SQL in a session of tenant 1 tries to get at tenant 2, and to change anything.</summary>
public sealed class TenantSessionTests : IAsyncLifetime
{
    private WalledDatabase database = null!;

    public async Task InitializeAsync() => database = await WalledDatabase.CreateAsync();

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Theory]
    [InlineData("select string_agg(name, ',' order by id) from sample.thing", "thing of 1", "thing of 2")]
    [InlineData("select string_agg(name, ',') from sample.part", "part of 1", "part of 2")]
    [InlineData("select string_agg(t.name, ',') from sample.part p join sample.thing t on t.id = p.thing or t.tenant = 2", "thing of 1", "thing of 2")]
    [InlineData("select string_agg(code, ',') from sample.unit", "mg", "mg")]
    public async Task A_session_sees_the_rows_of_its_tenant_and_what_belongs_to_all(string sql, string one, string two)
    {
        Assert.Equal(one, await database.AsTenantAsync(WalledDatabase.One, sql));
        Assert.Equal(two, await database.AsTenantAsync(WalledDatabase.Two, sql));
    }

    [Fact]
    public async Task A_tenant_without_rows_sees_none()
    {
        Assert.Equal(0L, await database.AsTenantAsync(new Tenant(77), "select count(*) from sample.thing"));
    }

    [Fact]
    public async Task The_system_sees_all_tenants()
    {
        Assert.Equal(2L, await database.AsSystemAsync("select count(*) from sample.thing"));
        Assert.Equal(2L, await database.AsSystemAsync("select count(*) from sample.part"));
    }

    // With "all" the rows of both tenants would be counted.
    [Theory]
    [InlineData("select set_config('salus.tenant', '2', false)")]
    [InlineData("reset role")]
    [InlineData("reset session authorization")]
    [InlineData("set role none")]
    [InlineData("reset all")]
    [InlineData("set search_path = pg_temp")]
    [InlineData("set application_name = 'x_tenant_2'")]
    [InlineData("create function pg_temp.session_user() returns name language sql as $$ select 'x_tenant_2'::name $$")]
    [InlineData("create function pg_temp.substring(text, text) returns text language sql as $$ select '2' $$; set search_path = pg_temp, pg_catalog")]
    public async Task What_a_session_may_set_or_make_for_itself_opens_nothing(string sql)
    {
        Assert.Equal("thing of 1", await database.AsTenantAsync(WalledDatabase.One, sql, "select string_agg(name, ',') from sample.thing"));
    }

    [Theory]
    [InlineData("set role {system}")]
    [InlineData("set role {owner}")]
    [InlineData("set role {app}")]
    [InlineData("set session authorization {system}")]
    [InlineData("set session authorization {two}")]
    [InlineData("alter role {two} rename to x_tenant_1")]
    [InlineData("alter role {me} bypassrls")]
    [InlineData("alter role {me} superuser")]
    [InlineData("alter role {two} password 'known'")]
    [InlineData("create role other_tenant_2 login")]
    [InlineData("grant {system} to {me}")]
    [InlineData("insert into sample.thing values (9, 2, 'x')")]
    [InlineData("insert into sample.thing values (9, 1, 'x')")]
    [InlineData("update sample.thing set tenant = 2")]
    [InlineData("update sample.thing set tenant = 1 where id = 2")]
    [InlineData("delete from sample.thing")]
    [InlineData("truncate sample.part")]
    [InlineData("select * from sample.thing for update")]
    [InlineData("create table sample.mine (n int)")]
    [InlineData("create table public.mine (n int)")]
    [InlineData("create schema mine")]
    [InlineData("create function public.f() returns int language sql as 'select 1'")]
    [InlineData("create extension postgres_fdw")]
    [InlineData("alter table sample.thing disable row level security")]
    [InlineData("alter table sample.thing owner to {me}")]
    [InlineData("drop policy salus_tenant_2 on sample.thing")]
    [InlineData("create policy mine on sample.thing using (true)")]
    [InlineData("alter policy salus_tenant_2 on sample.thing using (true)")]
    [InlineData("create trigger t before insert on sample.thing for each row execute function suppress_redundant_updates_trigger()")]
    [InlineData("drop table sample.thing")]
    [InlineData("set row_security = off; select count(*) from sample.thing")]
    [InlineData("set session_replication_role = replica")]
    [InlineData("alter role {app} set row_security = off")]
    [InlineData("select * from pg_authid")]
    [InlineData("select * from pg_statistic")]
    [InlineData("select pg_read_file('PG_VERSION')")]
    [InlineData("select pg_ls_dir('.')")]
    [InlineData("copy sample.thing to program 'true'")]
    [InlineData("copy sample.thing to '/tmp/salus-copy'")]
    [InlineData("create temp table t (n text); copy t from '/etc/hostname'")]
    [InlineData("select lo_import('/etc/hostname')")]
    [InlineData("create subscription s connection 'host=127.0.0.1' publication p with (connect = false)")]
    [InlineData("alter function pg_catalog.textlike(text, text) leakproof")]
    [InlineData("create function pg_temp.f(text) returns boolean language sql leakproof as 'select true'")]
    [InlineData("select * from sample.secret")]
    [InlineData("select * from sample.audit")]
    [InlineData("select * from sample.audit_all")]
    [InlineData("insert into sample.audit (tenant, what) values (1, 'x')")]
    [InlineData("update sample.audit set what = 'x'")]
    [InlineData("delete from sample.audit")]
    [InlineData("select * from kernel.migration")]
    [InlineData("comment on table sample.thing is 'x'")]
    public async Task What_a_session_may_not_do_is_refused(string sql)
    {
        // The other tenant's role is there, or its absence would be the reason.
        await database.AsTenantAsync(WalledDatabase.Two, "select 1");
        var roles = database.Database.Roles;
        var owner = new NpgsqlConnectionStringBuilder(database.ConnectionString).Username;
        sql = sql.Replace("{system}", roles.System, StringComparison.Ordinal).Replace("{app}", roles.App, StringComparison.Ordinal).Replace("{owner}", owner, StringComparison.Ordinal)
            .Replace("{me}", roles.Of(WalledDatabase.One), StringComparison.Ordinal).Replace("{two}", roles.Of(WalledDatabase.Two), StringComparison.Ordinal);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => database.AsTenantAsync(WalledDatabase.One, sql));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task A_cheap_function_of_the_attacker_never_gets_to_see_a_row_of_another_tenant()
    {
        var heard = new List<string>();
        await using var connection = await database.Database.For(WalledDatabase.One).AdHoc.OpenConnectionAsync();
        connection.Notice += (_, e) => heard.Add(e.Notice.MessageText);
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(
            """
            create function pg_temp.listen(text) returns boolean language plpgsql cost 0.0000001 as $$ begin raise notice '%', $1; return true; end $$;
            select count(*) from sample.thing where pg_temp.listen(name)
            """,
            connection, transaction);
        await command.ExecuteNonQueryAsync();

        Assert.Equal(["thing of 1"], heard);
    }

    [Fact]
    public async Task An_error_that_depends_on_a_row_tells_nothing_of_another_tenants()
    {
        Assert.Equal(0L, await database.AsTenantAsync(WalledDatabase.One, "select count(*) from sample.thing where name = 'thing of 2' and 1 / (case when name like '% 2' then 0 else 1 end) = 1"));
    }

    [Fact]
    public async Task Statistics_of_a_walled_table_are_not_shown()
    {
        await database.Database.ExecuteAsync("analyze sample.thing");

        Assert.NotEqual(0L, await database.Database.ScalarAsync<long>("select count(*) from pg_stats where schemaname = 'sample' and tablename = 'thing'"));
        Assert.Equal(0L, await database.AsTenantAsync(WalledDatabase.One, "select count(*) from pg_stats where schemaname = 'sample' and tablename = 'thing'"));
    }

    [Fact]
    public async Task A_search_for_a_word_uses_the_index_as_the_owners_does()
    {
        var plan = new List<string>();
        await using var connection = await database.Database.For(WalledDatabase.One).AdHoc.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("set local enable_seqscan = off; explain select id from sample.thing where words @@ 'word'::tsquery", connection, transaction);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            plan.Add(reader.GetString(0));
        }

        Assert.Contains(plan, l => l.Contains("thing_words", StringComparison.Ordinal));
    }
}
