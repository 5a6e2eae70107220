using System.Globalization;
using Npgsql;
using Salus.Faults.Tests.Support;

namespace Salus.Faults.Tests;

/// <summary>The clock of the machine is set back while sixteen clients write: time in the log never goes back, and searching by time stays right.</summary>
public sealed class ClockTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [FalseClockFact]
    public async Task Time_in_the_log_never_goes_back()
    {
        var clock = new FalseClock(folder["clock"]);
        using var salus = await SalusProcess.ReadyAsync(folder["data"], clock.Environment);
        using var fhir = new FhirClient(salus.Address);
        var cluster = new Cluster(folder["data"]);
        // Back by two days; then a day ahead, and back to the true time, from where everything seems to be in the future.
        foreach (var (offset, n) in new[] { "+0d", "-2d", "+1d", "+0d" }.Select((offset, n) => (offset, n)))
        {
            var before = await cluster.HeadAsync();
            await using var writers = Writers.Start(fhir, $"r{n}");
            await writers.AcknowledgedAsync(50);
            await clock.SetAsync(offset, fhir);
            await writers.AcknowledgedAsync(200);
            var ledger = await writers.StopAsync();

            await StoreProof.HoldsAsync("clock set back", n + 1, fhir, cluster.ConnectionString, ledger, offset);
            await FoundByTimeAsync(fhir, cluster, before);
        }
    }

    // Everything after a position, and nothing before it, is what the time of the first row after it finds.
    private static async Task FoundByTimeAsync(FhirClient fhir, Cluster cluster, long before)
    {
        await using var source = NpgsqlDataSource.Create(cluster.ConnectionString);
        await using var command = source.CreateCommand(
            """
            select min(l.at), count(*), (select count(*) from records.current c join records.resource_type t on t.id = c.type and t.name = 'Patient' where c.at >= min(l.at) and not c.deleted)
            from records.log l where l.position > $1
            """);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = before });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        var from = reader.GetFieldValue<DateTime>(0).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

        Assert.Equal(reader.GetInt64(2), await fhir.CountAsync($"Patient?_lastUpdated=ge{from}"));
        var history = await fhir.GetAsync($"_history?_since={from}&_count=1");
        Assert.True(history.Status == 200, history.ToString());
        Assert.Equal(reader.GetInt64(1), (long)history.Json["total"]!);
        var newest = (await fhir.GetAsync("Patient?_sort=-_lastUpdated&_count=50")).Entries.Select(e => (string)e["resource"]!["meta"]!["lastUpdated"]!).ToList();
        Assert.Equal(newest.OrderDescending(StringComparer.Ordinal), newest);
    }
}
