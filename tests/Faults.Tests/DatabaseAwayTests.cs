using Salus.Faults.Tests.Support;

namespace Salus.Faults.Tests;

/// <summary>The database is away in the middle of writes, in two ways: it hangs, or it cannot be reached. Salus says so, and goes on by itself.</summary>
public sealed class DatabaseAwayTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task It_hangs()
    {
        using var salus = await SalusProcess.ReadyAsync(folder["data"]);
        using var fhir = new FhirClient(salus.Address);
        var cluster = new Cluster(folder["data"]);
        for (var round = 1; round <= Rounds.OfAbsence; round++)
        {
            await using var writers = Writers.Start(fhir, $"r{round}");
            await writers.AcknowledgedAsync(300);
            cluster.Freeze();
            try
            {
                await AwayAsync(fhir, writers);
            }
            finally
            {
                cluster.Thaw();
            }

            await BackAsync(fhir, writers);
            await StoreProof.HoldsAsync("database hangs, 16 writers", round, fhir, cluster.ConnectionString, await writers.StopAsync(), $"{Rounds.Absence.TotalSeconds} s or more");
        }
    }

    [Fact]
    public async Task It_cannot_be_reached()
    {
        await using var record = await OutsideRecord.StartAsync();
        for (var round = 1; round <= Rounds.OfAbsence; round++)
        {
            await using var writers = Writers.Start(record.Fhir, $"r{round}");
            await writers.AcknowledgedAsync(300);
            record.Network.GoAway();
            await AwayAsync(record.Fhir, writers);
            record.Network.ComeBack();
            await BackAsync(record.Fhir, writers);
            await StoreProof.HoldsAsync(
                "database not reachable, 16 writers", round, record.Fhir, record.ConnectionString, await writers.StopAsync(), $"{Rounds.Absence.TotalSeconds} s or more");
        }
    }

    [Fact]
    public async Task It_is_away_for_moments_again_and_again()
    {
        await using var record = await OutsideRecord.StartAsync();
        await using var writers = Writers.Start(record.Fhir, "m");
        for (var round = 1; round <= 8 * Rounds.Count; round++)
        {
            await writers.AcknowledgedAsync(100);
            record.Network.GoAway();
            // Seed fixed: the moments are the same in every run, what they hit is not.
            await Task.Delay(new Random(round).Next(200));
            record.Network.ComeBack();
        }

        await BackAsync(record.Fhir, writers);
        await StoreProof.HoldsAsync("database not reachable for moments, 16 writers", 1, record.Fhir, record.ConnectionString, await writers.StopAsync(), $"{8 * Rounds.Count} times");
    }

    // Every request is answered while it is away: the clients' patience is two minutes, and a client that loses it is a surprise. When all of them are in
    // the group that is at its commit, the first answer comes after the time limit of a statement and then that of the question what became of it.
    private static async Task AwayAsync(FhirClient fhir, Writers writers)
    {
        var refused = writers.Ledger.Refusals.Count;
        await Eventually.TrueAsync(() => writers.Ledger.Refusals.Count > refused, seconds: 100, () => $"{writers.Ledger.Summary()} {string.Join('\n', writers.Ledger.Surprises)}");
        await Eventually.TrueAsync(async () => !await fhir.IsReadyAsync());
        var read = await fhir.GetAsync("Patient/nobody");
        Assert.True(read.Status == 503 && read.Headers.RetryAfter is not null, read.ToString());
        await Task.Delay(Rounds.Absence);
        Assert.Empty(writers.Ledger.Surprises);
    }

    private static async Task BackAsync(FhirClient fhir, Writers writers)
    {
        await writers.AcknowledgedAsync(300);
        await Eventually.TrueAsync(fhir.IsReadyAsync);
        Assert.All(writers.Ledger.Refusals, message => Assert.Contains("database is away", message, StringComparison.Ordinal));
    }
}
