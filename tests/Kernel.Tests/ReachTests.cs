using Salus.Kernel.EmbeddedPostgres;
using Salus.TestSupport;

namespace Salus.Kernel.Tests;

/// <summary>Folders that the server's account cannot enter. Only root has that trouble: without it nothing here applies, and the tests say so.</summary>
public sealed class ReachTests : IDisposable
{
    private const UnixFileMode Closed = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [RootFact]
    public async Task A_data_folder_that_is_closed_is_refused_with_the_place_and_the_way_out()
    {
        var closed = Directory.CreateDirectory(folder["closed"], Closed).FullName;
        await using var database = new Database(new KernelOptions { Data = Path.Combine(closed, "data") });

        var refused = await Assert.ThrowsAsync<CannotStartException>(async () => await database.StartAsync());

        Assert.Contains($"closed at {closed}", refused.Message, StringComparison.Ordinal);
        Assert.Contains(OsAccount.Choose(null)!.Name, refused.Message, StringComparison.Ordinal);
        Assert.Contains("chmod o+x", refused.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task The_default_folder_moves_away_from_a_closed_place_always_to_the_same_one()
    {
        var closed = Directory.CreateDirectory(folder["closed"], Closed).FullName;

        Assert.Equal(folder["open/data"], await DataFolder.DefaultAsync(folder["open/data"]));
        var moved = await DataFolder.DefaultAsync(Path.Combine(closed, "data"));
        Assert.StartsWith("/var/lib/salus/", moved, StringComparison.Ordinal);
        Assert.Equal(moved, await DataFolder.DefaultAsync(Path.Combine(closed, "data")));
    }

    [Fact]
    public async Task A_copy_of_the_programs_is_complete_and_runs_without_its_links_being_made_first()
    {
        var original = await PostgresBinaries.FindAsync(null, null, default);

        var copy = await NativeCopy.MakeAsync(original.Folder, folder["native"], default);

        Assert.Equal(copy, await NativeCopy.MakeAsync(original.Folder, folder["native"], default));
        Assert.Single(Directory.EnumerateDirectories(folder["native"]));
        foreach (var link in new DirectoryInfo(Path.Combine(copy, "lib")).EnumerateFiles().Where(f => f.LinkTarget is not null))
        {
            link.Delete();
        }

        await using var database = new Database(new KernelOptions { Data = folder["data"], PostgresBinaries = copy });
        await database.StartAsync();
        Assert.Equal(1, await database.ScalarAsync<int>("select 1"));
    }

    [Fact]
    public async Task A_binaries_folder_without_a_server_is_refused()
    {
        await using var database = new Database(new KernelOptions { Data = folder["data"], PostgresBinaries = folder["nothing"] });

        var refused = await Assert.ThrowsAsync<CannotStartException>(async () => await database.StartAsync());

        Assert.Contains("Salus:PostgresBinaries is", refused.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task An_account_that_is_not_there_or_is_root_is_refused()
    {
        foreach (var (name, expected) in new[] { ("nosuchaccount", "no such account"), ("root", "PostgreSQL refuses") })
        {
            await using var database = new Database(new KernelOptions { Data = folder["data"], PostgresAccount = name });
            var refused = await Assert.ThrowsAsync<CannotStartException>(async () => await database.StartAsync());
            Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        }
    }

    [RootFact]
    public async Task A_change_of_account_takes_the_data_along()
    {
        await using (var first = new Database(new KernelOptions { Data = folder["data"], PostgresAccount = "nobody" }))
        {
            await first.StartAsync();
            await first.ExecuteAsync("create table kept (n int); insert into kept values (1)");
        }

        await using var second = new Database(new KernelOptions { Data = folder["data"], PostgresAccount = "daemon" });
        await second.StartAsync();

        Assert.Equal(1, await second.ScalarAsync<int>("select n from kept"));
    }
}
