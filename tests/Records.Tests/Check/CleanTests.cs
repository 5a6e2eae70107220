using Microsoft.Extensions.DependencyInjection;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Tests.Support;
using Salus.TestSupport;

namespace Salus.Records.Tests.Check;

/// <summary>What only the program has written is consistent at every moment.</summary>
public sealed class CleanTests(RecordServer server) : IClassFixture<RecordServer>
{
    [Fact]
    public async Task An_empty_record_is_clean()
    {
        await using var database = await TestDatabase.CreateAsync(new MigrationSet("records", typeof(RecordsModule).Assembly));
        await using var app = await RecordServer.StartAsync(database.ConnectionString, []);
        var report = await CheckAsync(app.Services.GetRequiredService<RecordCheck>());
        Assert.Equal((0, 0, 0), (report.Position, report.Resources, report.Versions));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task It_is_clean_after_a_random_workload(int seed)
    {
        await new Workload(server.Fhir, $"seed-{seed}", seed).RunAsync(200);
        var report = await CheckAsync(server.Get<RecordCheck>());
        Assert.True(report.Position > 150);
        Assert.Equal(report.Position, report.Versions);
        Assert.Equal(await server.ScalarAsync<long>("select count(*) from records.current"), report.Resources);
        Assert.True(await server.ScalarAsync<long>("select count(*) from records.log l join records.log b using (key) where b.version = l.version - 1 and b.operation = 2 and l.operation = 1") > 0);
    }

    [Fact]
    public async Task It_is_clean_while_four_write()
    {
        var writers = Task.WhenAll(Enumerable.Range(10, 4).Select(seed => new Workload(server.Fhir, $"writer-{seed}", seed).RunAsync(60)));
        var positions = new HashSet<long>();
        do
        {
            positions.Add((await CheckAsync(server.Get<RecordCheck>())).Position);
        }
        while (!writers.IsCompleted);

        await writers;
        positions.Add((await CheckAsync(server.Get<RecordCheck>())).Position);
        Assert.True(positions.Count > 1, "The checks saw the record at one position only.");
        Assert.Equal(await server.HeadAsync(), positions.Max());
    }

    [Fact]
    public async Task More_resources_than_one_page_and_one_range_are_clean()
    {
        for (var part = 0; part < 3; part++)
        {
            var entries = Enumerable.Range(0, 900).Select(i => Samples.Entry("PUT", $"Observation/many-{part}-{i}", Samples.Observation($"many-{part}-{i}", value: $"{i}"))).ToArray();
            Assert.Equal(200, (await server.Fhir.BundleAsync(Samples.Bundle("transaction", entries))).Status);
        }

        Assert.True((await CheckAsync(server.Get<RecordCheck>())).Resources >= 2700);
    }

    [Fact]
    public async Task A_database_without_a_record_is_refused_and_stays_as_it_is()
    {
        await using var database = await TestDatabase.CreateAsync();
        var check = new RecordCheck(database.Database, FhirDefinitions.R4, TimeProvider.System);
        var refused = await Assert.ThrowsAsync<CannotStartException>(() => check.RunAsync(new CheckOrder(), new CheckProgress(), CancellationToken.None));
        Assert.Contains("0001_log", refused.Message, StringComparison.Ordinal);
        await using var tables = database.Source.CreateCommand("select count(*) from pg_namespace where nspname = 'records'");
        Assert.Equal(0L, await tables.ExecuteScalarAsync());
    }

    private static async Task<CheckReport> CheckAsync(RecordCheck check)
    {
        var report = await check.RunAsync(new CheckOrder { AllVersions = true, MaxDifferences = 10 }, new CheckProgress(), CancellationToken.None);
        Assert.Empty(report.Differences.Select(d => d.ToString()));
        return report;
    }
}
