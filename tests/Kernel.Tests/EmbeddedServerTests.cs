using System.Diagnostics;
using Npgsql;
using Salus.TestSupport;

namespace Salus.Kernel.Tests;

public sealed class EmbeddedServerTests : IDisposable
{
    private readonly TestFolder folder = new();

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

    private async Task<Database> StartAsync()
    {
        var database = new Database(new KernelOptions { Data = folder["data"] });
        await database.StartAsync();
        return database;
    }
}
