using Salus.Faults.Tests.Support;

namespace Salus.Faults.Tests;

/// <summary>Kill -9 of Salus itself; its PostgreSQL goes with it.</summary>
public sealed class KillHostTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly int port = FreePort.Find();

    private string Data => folder["data"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task In_the_middle_of_sixteen_writers()
    {
        using var fhir = new FhirClient(FreePort.Address(port));
        var salus = await SalusProcess.ReadyAsync(Data, port);
        try
        {
            for (var round = 1; round <= Rounds.Count; round++)
            {
                await using var writers = Writers.Start(fhir, $"r{round}");
                var random = new Random(round);
                await writers.AcknowledgedAsync(200 + random.Next(1500));
                await salus.KillAsync();
                salus.Dispose();

                // The writers go on as soon as it is back.
                salus = await SalusProcess.ReadyAsync(Data, port);
                await writers.AcknowledgedAsync(200);
                await StoreProof.HoldsAsync("kill -9 of Salus, 16 writers", round, fhir, new Cluster(Data).ConnectionString, await writers.StopAsync());
            }
        }
        finally
        {
            salus.Dispose();
        }
    }

    [SyntheaFact]
    public async Task In_the_middle_of_an_import()
    {
        using var fhir = new FhirClient(FreePort.Address(port));
        var salus = await SalusProcess.ReadyAsync(Data, port);
        try
        {
            for (var round = 1; round <= Rounds.Count; round++)
            {
                var sample = SyntheaSample.Unpack(folder[$"bundles-{round}"], skip: (round - 1) * 6, count: 6);
                var cluster = new Cluster(Data);
                var before = await cluster.HeadAsync();
                using var import = new ImportProcess(folder[$"state-{round}"], fhir.Server, sample);
                var random = new Random(round);
                await cluster.BeyondAsync(before + random.Next(sample.Resources * 2 / 3));
                await salus.KillAsync();
                salus.Dispose();

                salus = await SalusProcess.ReadyAsync(Data, port);
                var there = await sample.WholeAsync(fhir);
                await import.CompleteAsync();
                Assert.Equal(sample.Patients, await sample.WholeAsync(fhir));
                await StoreProof.WholeAsync(cluster.ConnectionString);
                Rounds.Report("kill -9 of Salus, import", round, sample.Patients, 0, $"{there} of {sample.Patients} bundles were in at the restart");
            }
        }
        finally
        {
            salus.Dispose();
        }
    }
}
