using Npgsql;
using Salus.Faults.Tests.Support;

namespace Salus.Faults.Tests;

/// <summary>The first start, with initdb and all migrations, is interrupted at any moment; the next one makes it whole.</summary>
public sealed class FirstStartTests : IDisposable
{
    private const int Interruptions = 4;

    // Tables with their columns, indexes, and the names that the start puts into tables: whatever the migrations of this version make.
    private const string Inventory =
        """
        select format('column %s.%s.%s %s %s', table_schema, table_name, column_name, data_type, is_nullable) from information_schema.columns
        where table_schema not in ('pg_catalog', 'information_schema')
        union all select format('index %s', indexdef) from pg_indexes where schemaname not in ('pg_catalog', 'information_schema')
        union all select format('migration %s/%s %s', module, name, sha256) from kernel.migration
        union all select format('type %s', name) from records.resource_type
        union all select format('parameter %s.%s', resource_type, code) from records.parameter
        order by 1
        """;

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("Salus")]
    [InlineData("PostgreSQL")]
    public async Task Killed_at_random_moments_it_ends_well(string victim)
    {
        var (whole, moments) = await UndisturbedAsync();
        for (var round = 1; round <= Rounds.OfMany; round++)
        {
            var data = folder[$"data-{round}"];
            var random = new Random(round);
            for (var i = 0; i < Interruptions; i++)
            {
                // The moment is the fault: anywhere from nothing at all to a little after it is ready.
                await InterruptAsync(data, victim, moments * random.NextDouble() * 1.2);
            }

            using var salus = await SalusProcess.ReadyAsync(data);
            using var fhir = new FhirClient(salus.Address);
            var connectionString = new Cluster(data).ConnectionString;
            Assert.Equal(whole, await InventoryAsync(connectionString));
            Assert.Equal(201, (await fhir.PutAsync(Samples.Patient("after", "after"))).Status);
            await StoreProof.WholeAsync(connectionString);
            Rounds.Report($"first start, kill -9 of {victim}", round, 1, 0, $"{Interruptions} interruptions");
        }
    }

    // What a start leaves behind, and how long it takes here.
    private async Task<(List<string> Whole, TimeSpan Takes)> UndisturbedAsync()
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        using var salus = await SalusProcess.FirstAsync(folder["undisturbed"], 0);
        return (await InventoryAsync(new Cluster(folder["undisturbed"]).ConnectionString), clock.Elapsed);
    }

    private static async Task InterruptAsync(string data, string victim, TimeSpan after)
    {
        using var salus = SalusProcess.Start(["serve", "--data", data, "--port", "0", "--no-demo"]);
        await Task.Delay(after);
        if (victim == "PostgreSQL" && new Cluster(data).Postmaster is { } postmaster)
        {
            Signals.Send(postmaster, Signals.Kill);
            // It ends with a reason, or starts its server again and goes on; either way this start is over.
            salus.Terminate();
            await salus.EndAsync();
            return;
        }

        await salus.KillAsync();
    }

    private static async Task<List<string>> InventoryAsync(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(Inventory);
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(0));
        }

        Assert.True(lines.Count > 1000, $"{lines.Count} lines");
        return lines;
    }
}
