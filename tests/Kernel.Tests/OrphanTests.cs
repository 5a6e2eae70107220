using System.Diagnostics;
using System.Globalization;
using Salus.Kernel.EmbeddedPostgres;
using Salus.TestSupport;

namespace Salus.Kernel.Tests;

public sealed class OrphanTests : IDisposable
{
    private readonly TestFolder folder = new();

    private string Cluster => Path.Combine(folder["data"], "postgres");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_server_ends_when_its_Salus_is_killed()
    {
        using var helper = new HelperProcess("own", folder["data"]);
        var server = await ReadyAsync(helper);

        await helper.KillAsync();

        await Eventually.TrueAsync(() => !Eventually.IsRunning(server));
        await StartAndStopAsync();
    }

    [Fact]
    public async Task A_server_that_lost_its_lifeline_is_ended_at_the_next_start()
    {
        using var helper = new HelperProcess("own", folder["data"]);
        var server = await ReadyAsync(helper);
        foreach (var shell in LifelineOf(server))
        {
            Process.GetProcessById(shell).Kill();
        }

        await helper.KillAsync();
        Assert.True(Eventually.IsRunning(server));

        await StartAndStopAsync();

        Assert.False(Eventually.IsRunning(server));
    }

    [Fact]
    public async Task A_second_process_is_refused_with_the_first_ones_number()
    {
        using var first = new HelperProcess("own", folder["data"]);
        await ReadyAsync(first);
        using var second = new HelperProcess("own", folder["data"]);

        var line = await second.LineAsync();

        Assert.StartsWith("refused ", line, StringComparison.Ordinal);
        Assert.Contains($"process {first.Id}", line, StringComparison.Ordinal);
        Assert.Equal(1, await second.EndAsync());
        Assert.Equal(0, await first.EndAsync());
    }

    [Fact]
    public async Task A_pid_file_of_a_dead_process_is_no_obstacle()
    {
        await StartAndStopAsync();
        await WritePidFileAsync(4_194_000);

        await StartAndStopAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\u0001 not a number\n")]
    public async Task A_pid_file_that_cannot_be_read_is_no_obstacle(string content)
    {
        await StartAndStopAsync();
        await File.WriteAllTextAsync(Path.Combine(Cluster, "postmaster.pid"), content);

        await StartAndStopAsync();
    }

    [Fact]
    public async Task A_pid_file_that_names_a_stranger_is_no_obstacle_and_he_lives()
    {
        await StartAndStopAsync();
        // Of the server's account: for that one PostgreSQL itself would refuse to start.
        using var stranger = ChildProcess.Start(ChildProcess.Describe("/bin/sleep", ["60"], OsAccount.Choose(null)));
        await WritePidFileAsync(stranger.Id);

        await StartAndStopAsync();

        Assert.False(stranger.HasExited);
        stranger.Kill();
    }

    private static async Task<int> ReadyAsync(HelperProcess helper)
    {
        var line = await helper.LineAsync();
        Assert.StartsWith("ready ", line, StringComparison.Ordinal);
        return int.Parse(line["ready ".Length..], CultureInfo.InvariantCulture);
    }

    // The server's parent shell, and the watcher that the shell started.
    private static List<int> LifelineOf(int server)
    {
        var shell = ParentOf(server);
        var watchers = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(n => int.TryParse(n, CultureInfo.InvariantCulture, out var process) && process != server && ParentOf(process) == shell)
            .Select(n => int.Parse(n!, CultureInfo.InvariantCulture)).ToList();
        Assert.Single(watchers);
        return [.. watchers, shell];
    }

    private static int ParentOf(int process)
    {
        try
        {
            return int.Parse(File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private Task WritePidFileAsync(int process) =>
        File.WriteAllTextAsync(Path.Combine(Cluster, "postmaster.pid"), $"{process}\n{Cluster}\n1700000000\n5432\n{folder["data"]}/socket\n\n\nready\n");

    private async Task StartAndStopAsync()
    {
        await using var database = new Database(new KernelOptions { Data = folder["data"] });
        await database.StartAsync();
        Assert.Equal(1, await database.ScalarAsync<int>("select 1"));
    }
}
