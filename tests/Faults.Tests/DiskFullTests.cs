using Salus.Faults.Tests.Support;

namespace Salus.Faults.Tests;

/// <summary>The disk of the data folder fills up under sixteen writers. Freed again, everything goes on by itself.</summary>
public sealed class DiskFullTests
{
    private const int Megabytes = 400;
    private const string Full = "The disk of the database is full";

    // As small as PostgreSQL's own files can be kept.
    private static readonly (string, string)[] Small =
        [("Salus__PostgresSettings__max_wal_size", "64MB"), ("Salus__PostgresSettings__min_wal_size", "32MB"), ("Salus__PostgresSettings__shared_buffers", "32MB")];

    [SmallDiskFact]
    public async Task Writes_are_refused_in_time_and_reading_goes_on()
    {
        using var disk = new SmallDisk(Megabytes);
        using var salus = await SalusProcess.ReadyAsync(Path.Combine(disk.Path, "data"), [.. Small, ("Salus__DiskReserveMegabytes", "64")]);
        using var fhir = new FhirClient(salus.Address);
        var cluster = new Cluster(Path.Combine(disk.Path, "data"));
        Assert.Equal(201, (await fhir.PutAsync(Samples.Patient("before", "before"))).Status);
        for (var round = 1; round <= Rounds.OfSlow; round++)
        {
            await using var writers = Writers.Start(fhir, $"r{round}");
            await writers.AcknowledgedAsync(200);
            disk.FillUpTo(megabytesLeft: 60);
            await RefusedAsync(writers);

            Assert.Equal(200, (await fhir.GetAsync("Patient/before")).Status);
            Assert.Equal(1, await fhir.CountAsync($"Patient?identifier={Samples.System}|before"));
            var ready = await fhir.GetAsync("/readyz");
            Assert.True(ready.Status == 200 && (string?)ready.Json["checks"]!["disk"]!["status"] == "degraded", ready.ToString());

            disk.Clear();
            await writers.AcknowledgedAsync(200);
            var ledger = await writers.StopAsync();
            Assert.All(ledger.Refusals, message => Assert.StartsWith(Full, message, StringComparison.Ordinal));
            Assert.Equal(0, cluster.LogLines("PANIC:"));
            await StoreProof.HoldsAsync("disk full (reserve), 16 writers", round, fhir, cluster.ConnectionString, ledger);
        }
    }

    [SmallDiskFact]
    public async Task Even_without_a_reserve_nothing_is_lost_and_it_comes_back()
    {
        using var disk = new SmallDisk(Megabytes);
        using var salus = await SalusProcess.ReadyAsync(Path.Combine(disk.Path, "data"), [.. Small, ("Salus__DiskReserveMegabytes", "0")]);
        using var fhir = new FhirClient(salus.Address);
        var cluster = new Cluster(Path.Combine(disk.Path, "data"));
        for (var round = 1; round <= Rounds.OfSlow; round++)
        {
            await using var writers = Writers.Start(fhir, $"r{round}");
            await writers.AcknowledgedAsync(200);
            disk.FillUpTo(megabytesLeft: 0);
            await writers.RefusedAsync(more: 1);
            // Table files find no room, or the log of changes, unless it can use old segments again: then PostgreSQL panics and cannot start again. Which of the
            // two is first depends on what happens to be free in each; the client is told of a full disk or of a database that is away.
            await cluster.FillLogAsync();
            await writers.RefusedAsync(more: 50);

            disk.Clear();
            await writers.AcknowledgedAsync(200);
            await StoreProof.HoldsAsync("disk full (no reserve), 16 writers", round, fhir, cluster.ConnectionString, await writers.StopAsync(), $"PostgreSQL panicked {cluster.LogLines("PANIC:")} times so far");
        }
    }

    private static Task RefusedAsync(Writers writers) => Eventually.TrueAsync(
        () => writers.Ledger.Refusals.Any(m => m.StartsWith(Full, StringComparison.Ordinal)), seconds: 60, () => $"{writers.Ledger.Summary()} {string.Join('\n', writers.Ledger.Refusals.TakeLast(3))}");
}
