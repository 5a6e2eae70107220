using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Salus.Kernel.EmbeddedPostgres;
using Salus.TestSupport;

namespace Salus.Kernel.Tests;

public sealed class EmbeddedServerTests : IDisposable
{
    private readonly TestFolder folder = new();

    private string Cluster => Path.Combine(folder["data"], "postgres");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Data_survives_a_stop_and_a_start()
    {
        await using (var first = await StartAsync())
        {
            await first.ExecuteAsync("create table kept (n int); insert into kept values (42)");
        }

        await using var second = await StartAsync();

        Assert.Equal(42, await second.ScalarAsync<int>("select n from kept"));
        Assert.Equal(18, second.ServerVersion.Major);
        Assert.True(second.Embedded);
    }

    [Fact]
    public async Task The_server_is_durable_private_and_asks_for_the_password()
    {
        await using var database = await StartAsync();

        Assert.Equal("on", await database.ScalarAsync<string>("show fsync"));
        Assert.Equal("on", await database.ScalarAsync<string>("show synchronous_commit"));
        Assert.Equal("on", await database.ScalarAsync<string>("show data_checksums"));
        Assert.Equal("", await database.ScalarAsync<string>("show listen_addresses"));
        Assert.Equal("UTF8", await database.ScalarAsync<string>("show server_encoding"));
        Assert.Equal("256", await database.ScalarAsync<string>("show max_locks_per_transaction"));
        Assert.Equal(0, await database.ScalarAsync<long>("select count(*) from pg_hba_file_rules where auth_method <> 'scram-sha-256'"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder["data"], "postgres.password")));
        var wrong = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Password = "guess", Pooling = false };
        await using var stranger = new NpgsqlConnection(wrong.ConnectionString);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => stranger.OpenAsync());
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
    }

    [Theory]
    [InlineData("fsync", "off")]
    [InlineData("synchronous_commit", "OFF")]
    [InlineData("Full_Page_Writes", "no")]
    [InlineData("fsync", "f")]
    public async Task Settings_that_can_lose_data_are_refused_unless_that_is_said(string name, string value)
    {
        var options = new KernelOptions { Data = folder["data"] };
        options.PostgresSettings[name] = value;
        await using (var database = new Database(options))
        {
            var refused = await Assert.ThrowsAsync<CannotStartException>(async () => await database.StartAsync());
            Assert.StartsWith($"Salus:PostgresSettings:{name}={value} can lose", refused.Message, StringComparison.Ordinal);
            Assert.Contains("Salus:AllowDataLoss", refused.Message, StringComparison.Ordinal);
            Assert.False(Directory.Exists(Cluster));
        }

        options.AllowDataLoss = true;
        await using var allowed = new Database(options);
        await allowed.StartAsync();
        Assert.Equal([$"{name.ToLowerInvariant()}=off"], allowed.LossySettings);
    }

    [Fact]
    public async Task A_database_that_turns_durability_off_by_itself_is_refused_too()
    {
        await using (var first = await StartAsync())
        {
            Assert.Empty(first.LossySettings);
            await first.ExecuteAsync("alter database salus set synchronous_commit = off");
        }

        var refused = await Assert.ThrowsAsync<CannotStartException>(StartAsync);
        Assert.StartsWith("synchronous_commit=off", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Cluster, "postmaster.pid")));
    }

    [Fact]
    public async Task A_second_start_on_the_folder_is_refused_with_the_holder()
    {
        await using var first = await StartAsync();

        var refused = await Assert.ThrowsAsync<CannotStartException>(StartAsync);

        Assert.Contains($"process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
        Assert.Contains(folder["data"], refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, await first.ScalarAsync<int>("select 1"));
    }

    [Fact]
    public async Task Data_of_another_major_version_is_refused_and_not_touched()
    {
        await (await StartAsync()).DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(Cluster, "PG_VERSION"), "16\n");
        var control = await File.ReadAllBytesAsync(Path.Combine(Cluster, "global", "pg_control"));

        var refused = await Assert.ThrowsAsync<CannotStartException>(StartAsync);

        Assert.Contains("PostgreSQL 16", refused.Message, StringComparison.Ordinal);
        Assert.Contains("PostgreSQL 18", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Equal(control, await File.ReadAllBytesAsync(Path.Combine(Cluster, "global", "pg_control")));
    }

    [Fact]
    public async Task A_lost_password_file_is_refused_and_named()
    {
        await (await StartAsync()).DisposeAsync();
        File.Delete(Path.Combine(folder["data"], "postgres.password"));

        var refused = await Assert.ThrowsAsync<CannotStartException>(StartAsync);

        Assert.Contains("postgres.password is missing", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_interrupted_initdb_left_behind_is_thrown_away()
    {
        var half = Path.Combine(folder["data"], "postgres.new-1-abcdef");
        Directory.CreateDirectory(Path.Combine(half, "base"));
        await File.WriteAllTextAsync(Path.Combine(half, "PG_VERSION"), "18\n");
        await File.WriteAllTextAsync(half + ".password", "secret");

        await using var database = await StartAsync();

        Assert.Equal(1, await database.ScalarAsync<int>("select 1"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder["data"], "postgres.new-*"));
    }

    [Fact]
    public async Task A_process_killed_during_its_first_start_leaves_nothing_in_the_way()
    {
        using var helper = new HelperProcess("own", folder["data"]);
        await Eventually.TrueAsync(() => Directory.Exists(folder["data"]) && Directory.EnumerateDirectories(folder["data"], "postgres.new-*").Any());
        await helper.KillAsync();

        await using var database = await StartAsync();

        Assert.Equal(1, await database.ScalarAsync<int>("select 1"));
    }

    [Fact]
    public async Task A_setting_of_the_operator_wins_but_not_over_privacy()
    {
        var options = new KernelOptions { Data = folder["data"] };
        options.PostgresSettings["work_mem"] = "7MB";
        await using (var database = new Database(options))
        {
            await database.StartAsync();
            Assert.Equal("7MB", await database.ScalarAsync<string>("show work_mem"));
        }

        options.PostgresSettings["listen_addresses"] = "*";
        await using var open = new Database(options);
        var refused = await Assert.ThrowsAsync<CannotStartException>(async () => await open.StartAsync());
        Assert.Contains("listen_addresses", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_PostgreSQL_refuses_is_told_in_one_line()
    {
        var options = new KernelOptions { Data = folder["data"] };
        options.PostgresSettings["work_mem"] = "lots";
        await using var database = new Database(options);

        var refused = await Assert.ThrowsAsync<CannotStartException>(async () => await database.StartAsync());

        Assert.Contains("configuration file", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task A_path_too_long_for_a_socket_works_also_after_a_crash()
    {
        var deep = Path.Combine(folder.Path, new string('a', 60), new string('b', 60));
        await using var database = new Database(new KernelOptions { Data = deep });
        await database.StartAsync();
        var socket = new NpgsqlConnectionStringBuilder(database.ConnectionString).Host!;
        Assert.DoesNotContain(deep, socket, StringComparison.Ordinal);

        await KillServerAsync(database);

        Assert.Equal(1, await database.ScalarAsync<int>("select 1"));
        await database.DisposeAsync();
        Assert.False(Directory.Exists(socket));
    }

    [Fact]
    public async Task A_killed_server_comes_back_with_what_was_committed()
    {
        await using var database = await StartAsync();
        await database.ExecuteAsync("create table kept (n int); insert into kept select generate_series(1, 1000)");

        await KillServerAsync(database);

        Assert.Equal(1000, await database.ScalarAsync<long>("select count(*) from kept"));
        await database.ExecuteAsync("insert into kept values (0)");
    }

    [Fact]
    public async Task A_stop_at_the_moment_at_which_it_comes_back_waits_for_no_limit()
    {
        for (var moment = 0; moment < 12; moment++)
        {
            using var log = new CapturedLog();
            await using var database = new Database(new KernelOptions { Data = folder["data"] }, log);
            await database.StartAsync();
            var server = database.ServerProcess!.Value;
            Process.GetProcessById(server).Kill();
            // A new process that does not answer to signals yet.
            await Eventually.TrueAsync(() => database.ServerProcess is { } now && now != server);
            await Task.Delay(moment);
            await database.StopAsync();
            Assert.DoesNotContain(log.Lines, l => l.Contains("did not end within", StringComparison.Ordinal));
        }
    }

    internal static async Task KillServerAsync(Database database)
    {
        var server = database.ServerProcess!.Value;
        Process.GetProcessById(server).Kill();
        await Eventually.TrueAsync(() => database.ServerProcess is { } now && now != server && database.Available);
    }

    private async Task<Database> StartAsync()
    {
        var database = new Database(new KernelOptions { Data = folder["data"] });
        await database.StartAsync();
        return database;
    }
}
