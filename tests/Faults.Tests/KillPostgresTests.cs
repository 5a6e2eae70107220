using Salus.Faults.Tests.Support;

namespace Salus.Faults.Tests;

/// <summary>Kill -9 of the embedded PostgreSQL under a Salus that lives on: it comes back without anybody's help.</summary>
public sealed class KillPostgresTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly int port = FreePort.Find();

    private string Data => folder["data"];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("the postmaster")]
    [InlineData("one backend")]
    public async Task In_the_middle_of_sixteen_writers(string victim)
    {
        using var fhir = new FhirClient(FreePort.Address(port));
        using var salus = await SalusProcess.ReadyAsync(Data, port);
        var cluster = new Cluster(Data);
        for (var round = 1; round <= Rounds.Count; round++)
        {
            await using var writers = Writers.Start(fhir, $"r{round}");
            var random = new Random(round);
            await writers.AcknowledgedAsync(200 + random.Next(1500));
            await KillAsync(cluster, victim, random);

            await writers.AcknowledgedAsync(200);
            var ledger = await writers.StopAsync();
            Assert.True(await fhir.IsReadyAsync());
            Assert.All(ledger.Refusals, message => Assert.Contains("database is away", message, StringComparison.Ordinal));
            await StoreProof.HoldsAsync($"kill -9 of PostgreSQL ({victim}), 16 writers", round, fhir, cluster.ConnectionString, ledger);
        }
    }

    [SyntheaFact]
    public async Task In_the_middle_of_an_import()
    {
        using var fhir = new FhirClient(FreePort.Address(port));
        using var salus = await SalusProcess.ReadyAsync(Data, port);
        var cluster = new Cluster(Data);
        for (var round = 1; round <= Rounds.Count; round++)
        {
            var sample = SyntheaSample.Unpack(folder[$"bundles-{round}"], skip: (round - 1) * 6, count: 6);
            var before = await cluster.HeadAsync();
            using var import = new ImportProcess(folder[$"state-{round}"], fhir.Server, sample);
            var random = new Random(round);
            await cluster.BeyondAsync(before + random.Next(sample.Resources * 2 / 3));
            var victim = round % 2 == 1 ? "the postmaster" : "one backend";
            await KillAsync(cluster, victim, random);

            await import.CompleteAsync();
            Assert.Equal(sample.Patients, await sample.WholeAsync(fhir));
            await StoreProof.WholeAsync(cluster.ConnectionString);
            Rounds.Report("kill -9 of PostgreSQL, import", round, sample.Patients, 0, victim);
        }
    }

    private static Task KillAsync(Cluster cluster, string victim, Random random) => victim == "the postmaster" ? cluster.KillPostmasterAsync() : cluster.KillSessionAsync(random);
}
