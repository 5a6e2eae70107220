using Salus.Faults.Tests.Support;

namespace Salus.Faults.Tests;

/// <summary>Device samples: the process is killed, PostgreSQL is killed, the database hangs. What was acknowledged stands there, once, and Salus goes on by itself.</summary>
public sealed class TelemetryTests : IDisposable
{

    private readonly TestFolder folder = new();
    private readonly int port = FreePort.Find();
    private readonly long begin = TimeProvider.System.GetUtcNow().AddMinutes(-30).ToUnixTimeMilliseconds();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Salus_is_killed()
    {
        using var fhir = new FhirClient(FreePort.Address(port));
        var salus = await SalusProcess.ReadyAsync(folder["data"], port);
        try
        {
            await Senders.RegisterAsync(fhir);
            await using var senders = Senders.Start(fhir, begin);
            for (var round = 1; round <= Rounds.Count; round++)
            {
                await senders.AcknowledgedAsync(1000 + new Random(round).Next(1000));
                await salus.KillAsync();
                salus.Dispose();
                salus = await SalusProcess.ReadyAsync(folder["data"], port);
                await senders.AcknowledgedAsync(500);
                await HoldsAsync("kill -9 of Salus, 6 monitors", round, senders);
            }

            await senders.StopAsync();
            await HoldsAsync("kill -9 of Salus, 6 monitors, at the end", Rounds.Count, senders);
        }
        finally
        {
            salus.Dispose();
        }
    }

    [Fact]
    public async Task The_database_hangs()
    {
        using var salus = await SalusProcess.ReadyAsync(folder["data"], port);
        using var fhir = new FhirClient(salus.Address);
        await Senders.RegisterAsync(fhir);
        await using var senders = Senders.Start(fhir, begin);
        var cluster = new Cluster(folder["data"]);
        for (var round = 1; round <= Rounds.OfAbsence; round++)
        {
            await senders.AcknowledgedAsync(1000);
            var refused = senders.Refusals.Count;
            cluster.Freeze();
            try
            {
                await Eventually.TrueAsync(() => senders.Refusals.Count > refused, seconds: 100);
                await Task.Delay(Rounds.Absence);
                Assert.All(senders.Refusals, r => Assert.Contains("database", r.Problem, StringComparison.Ordinal));
            }
            finally
            {
                cluster.Thaw();
            }

            await senders.AcknowledgedAsync(1000);
            await HoldsAsync("database hangs, 6 monitors", round, senders);
        }
    }

    [Fact]
    public async Task It_cannot_be_reached()
    {
        await using var record = await OutsideRecord.StartAsync();
        await Senders.RegisterAsync(record.Fhir);
        await using var senders = Senders.Start(record.Fhir, begin);
        for (var round = 1; round <= Rounds.OfAbsence; round++)
        {
            await senders.AcknowledgedAsync(1000);
            var refused = senders.Refusals.Count;
            record.Network.GoAway();
            await Eventually.TrueAsync(() => senders.Refusals.Count > refused, seconds: 100);
            await Task.Delay(Rounds.Absence);
            record.Network.ComeBack();
            await senders.AcknowledgedAsync(1000);
            await HoldsAsync("database not reachable, 6 monitors", round, senders);
        }
    }

    [Fact]
    public async Task Another_process_begins_to_take_samples()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var first = await SharedRecord.StartAsync(folder, "first", database.ConnectionString);
        using var one = new FhirClient(first.Address);
        await Senders.RegisterAsync(one);
        await using var here = Senders.Start(one, begin);
        await here.AcknowledgedAsync(500);

        using var second = await SharedRecord.StartAsync(folder, "second", database.ConnectionString);
        using var other = new FhirClient(second.Address);
        await Eventually.TrueAsync(() => here.Refusals.Any(r => r.Problem.Contains("Another Salus process", StringComparison.Ordinal)), seconds: 60);
        await using var there = Senders.Start(other, begin + 600_000);
        await there.AcknowledgedAsync(500);

        // Only the second one has all of it in memory.
        Assert.Equal((0, 0), await here.CompareAsync(begin, other));
        Assert.Equal((0, 0), await there.CompareAsync(begin + 600_000));
        await second.KillAsync();
        using var third = await SharedRecord.StartAsync(folder, "first again", database.ConnectionString);
        using var last = new FhirClient(third.Address);
        Assert.Equal((0, 0), await here.CompareAsync(begin, last));
        Assert.Equal((0, 0), await there.CompareAsync(begin + 600_000, last));
    }

    private async Task HoldsAsync(string fault, int round, Senders senders)
    {
        var acknowledged = senders.Count;
        var (lost, twice) = await senders.CompareAsync(begin);
        Rounds.Report(fault, round, acknowledged, lost, $"{twice} twice; {senders.Refusals.Count} refusals");
        Assert.Equal((0, 0), (lost, twice));
    }
}
