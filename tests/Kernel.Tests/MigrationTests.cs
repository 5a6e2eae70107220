using Salus.TestSupport;

namespace Salus.Kernel.Tests;

public sealed class MigrationTests : IAsyncLifetime
{
    private static readonly (string, string) Log = ("0001_log", "create table sample.log (n int);");
    private static readonly (string, string) Name = ("0002_name", "alter table sample.log add name text;");
    private TestDatabase database = null!;

    public async Task InitializeAsync() => database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task Files_run_once_in_the_order_of_their_numbers()
    {
        Assert.Equal(2, await RunAsync(Name, Log));
        Assert.Equal(0, await RunAsync(Name, Log));

        Assert.Equal("0001_log,0002_name", await database.Database.ScalarAsync<string>("select string_agg(name, ',' order by applied_at, name) from kernel.migration"));
    }

    [Fact]
    public async Task A_later_program_adds_what_is_new()
    {
        await RunAsync(Log);

        Assert.Equal(1, await RunAsync(Log, Name));
    }

    [Fact]
    public async Task A_failing_file_leaves_nothing_and_the_next_run_goes_on()
    {
        var broken = ("0002_name", "alter table sample.log add name text; insert into sample.log values (1, 'x'); select 1/0;");

        var refused = await Assert.ThrowsAsync<CannotStartException>(() => RunAsync(Log, broken));

        Assert.Contains("sample/0002_name failed: division by zero", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, await ColumnsAsync());
        Assert.Equal(1, await RunAsync(Log, Name));
        Assert.Equal(2, await ColumnsAsync());
    }

    [Fact]
    public async Task A_changed_file_is_refused()
    {
        await RunAsync(Log);

        var refused = await Assert.ThrowsAsync<CannotStartException>(() => RunAsync((Log.Item1, Log.Item2 + " -- changed")));

        Assert.Contains("sample/0001_log is not the one that was applied", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Line_ends_of_a_checkout_do_not_count_as_a_change()
    {
        await RunAsync(("0001_log", "create table sample.log\n(n int);\n"));

        Assert.Equal(0, await RunAsync(("0001_log", "create table sample.log\r\n(n int);\r\n")));
    }

    [Fact]
    public async Task A_missing_file_is_refused()
    {
        await RunAsync(Log, Name);

        var refused = await Assert.ThrowsAsync<CannotStartException>(() => RunAsync(Name));

        Assert.Contains("sample/0001_log was applied to this database, but its file is missing", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_a_newer_program_is_refused()
    {
        await RunAsync(Log, Name);

        var refused = await Assert.ThrowsAsync<CannotStartException>(() => RunAsync(Log));

        Assert.Contains("newer than this program: it has migration sample/0002_name", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_below_one_that_was_applied_is_refused()
    {
        await RunAsync(Log, ("0003_more", "select 1"));

        var refused = await Assert.ThrowsAsync<CannotStartException>(() => RunAsync(Log, Name, ("0003_more", "select 1")));

        Assert.Contains("Give it a number above 3", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_may_leave_the_transaction()
    {
        await RunAsync(Log, ("0002_index", "-- no transaction\ncreate index concurrently on sample.log (n)"));

        Assert.Equal(1, await database.Database.ScalarAsync<long>("select count(*) from pg_index where indrelid = 'sample.log'::regclass and indisvalid"));
    }

    [Fact]
    public async Task Two_processes_at_once_apply_each_file_once()
    {
        using var one = new HelperProcess("migrate", database.ConnectionString);
        using var two = new HelperProcess("migrate", database.ConnectionString);
        Assert.Equal(["ready", "ready"], new[] { await one.LineAsync(), await two.LineAsync() });

        await Task.WhenAll(one.TellAsync("go"), two.TellAsync("go"));
        var answers = new[] { await one.LineAsync(), await two.LineAsync() };

        Assert.Equal(["applied 0", "applied 2"], answers.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Two_files_of_one_number_are_a_mistake_of_the_program() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(Log, ("0001_other", "select 1")));

    private Task<int> RunAsync(params (string Name, string Sql)[] files) =>
        new MigrationRunner(database.Database, [new SqlFiles(files).Set]).RunAsync();

    private Task<long> ColumnsAsync() =>
        database.Database.ScalarAsync<long>("select count(*) from information_schema.columns where table_schema = 'sample' and table_name = 'log'");
}
