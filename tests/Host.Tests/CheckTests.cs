using Npgsql;
using Salus.Kernel;
using Salus.TestSupport;

namespace Salus.Host.Tests;

/// <summary><c>salus check</c> as a person runs it.</summary>
public sealed class CheckTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_stopped_record_is_checked_and_a_difference_ends_with_1()
    {
        await FillAsync();
        using (var clean = SalusProcess.Start(["check", "--data", folder["data"], "--all-versions"]))
        {
            Assert.True(await clean.EndAsync() == 0, $"{string.Join('\n', clean.Errors)}\n{clean.Output()}");
            Assert.Contains("2 resources, 3 versions up to position 3", clean.Output(), StringComparison.Ordinal);
            Assert.Contains("Clean: log = current = index = feed.", clean.Output(), StringComparison.Ordinal);
        }

        await ExecuteAsync("update records.current set version = 3 where id = 'a'");
        using var broken = SalusProcess.Start(["check", "--data", folder["data"]]);
        Assert.Equal(1, await broken.EndAsync());
        Assert.Equal("differs: records.current, tenant 1, Patient/a, position 3: the version is 3; it should be 2, as in the newest version of key 1 in the log.", Assert.Single(broken.Errors));
        Assert.Contains("NOT clean: 1 difference", broken.Output(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_a_record_is_refused_and_stays_empty()
    {
        using var salus = SalusProcess.Start(["check", "--data", folder["data"]]);
        Assert.Equal(2, await salus.EndAsync());
        Assert.Contains(folder["data"], Assert.Single(salus.Errors), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["data"]));
    }

    [Fact]
    public async Task An_outside_PostgreSQL_needs_no_account_for_the_embedded_one()
    {
        await File.WriteAllTextAsync(folder["p.ndjson"], """{"resourceType":"Patient","id":"p"}""");
        await File.WriteAllTextAsync(folder["icd10cm-order-2021.txt"], "");
        foreach (var command in (string[][])[["check"], ["terminology", "load", "icd-10-cm", folder["icd10cm-order-2021.txt"]], ["import", folder["p.ndjson"], "--state", folder["state"]]])
        {
            // Only root changes to an account at all.
            using var salus = SalusProcess.Start(command, ("Salus__Postgres", "Host=127.0.0.1;Port=1;Username=nobody"), ("Salus__PostgresAccount", "nosuchaccount"));
            await salus.RefusedAsync("127.0.0.1");
        }
    }

    [Fact]
    public async Task A_folder_in_use_is_refused_and_its_server_goes_on()
    {
        using var server = await SalusProcess.ReadyAsync(folder["data"]);
        using var salus = SalusProcess.Start(["check", "--data", folder["data"]]);
        Assert.Equal(2, await salus.EndAsync());
        Assert.Contains(folder["data"], Assert.Single(salus.Errors), StringComparison.Ordinal);
        Assert.Equal(System.Net.HttpStatusCode.Created, await server.PutPatientAsync("still"));
    }

    private async Task FillAsync()
    {
        using var salus = await SalusProcess.ReadyAsync(folder["data"]);
        foreach (var id in (string[])["a", "b", "a"])
        {
            await salus.PutPatientAsync(id);
        }

        salus.Terminate();
        Assert.Equal(0, await salus.EndAsync());
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var database = new Database(new KernelOptions { Data = folder["data"] });
        await database.StartAsync();
#pragma warning disable CA2100 // Written in the test.
        await using var command = new NpgsqlCommand(sql, await database.Owner.OpenConnectionAsync());
#pragma warning restore CA2100
        await using var connection = command.Connection;
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }
}
