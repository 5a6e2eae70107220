using Salus.Faults.Tests.Support;

namespace Salus.Faults.Tests;

/// <summary>Two Salus processes on one database, writing at once.</summary>
public sealed class TwoProcessesTests : IAsyncLifetime, IDisposable
{

    private readonly TestFolder folder = new();
    private TestDatabase database = null!;
    private SalusProcess first = null!;
    private SalusProcess second = null!;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        // At the same moment, on an empty database: they share the migrations, too.
        Task<SalusProcess>[] both = [SharedRecord.StartAsync(folder, "first", database.ConnectionString), SharedRecord.StartAsync(folder, "second", database.ConnectionString)];
        await Task.WhenAll(both).ContinueWith(_ => { }, TaskScheduler.Default);
        if (!both.All(b => b.IsCompletedSuccessfully))
        {
            // The other one would outlive the test.
            both.Where(b => b.IsCompletedSuccessfully).ToList().ForEach(b => b.Result.Dispose());
            await database.DisposeAsync();
        }

        (first, second) = (await both[0], await both[1]);
    }

    public async Task DisposeAsync()
    {
        first.Dispose();
        second.Dispose();
        await database.DisposeAsync();
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Positions_are_dense_no_update_is_lost_and_effects_come_once()
    {
        using var one = new FhirClient(first.Address);
        using var other = new FhirClient(second.Address);
        for (var round = 1; round <= Rounds.OfSlow; round++)
        {
            await using var here = Writers.Start(one, $"a{round}", clients: 8);
            await using var there = Writers.Start(other, $"b{round}", clients: 8);
            var shared = Task.WhenAll(Enumerable.Range(0, 8).Select(n => AddAsync(n % 2 == 0 ? one : other, $"shared-{round}", times: 10)));
            await Task.WhenAll(here.AcknowledgedAsync(400), there.AcknowledgedAsync(400), shared);

            // What one process stored, the other one serves.
            var (mine, theirs) = (await here.StopAsync(), await there.StopAsync());
            await StoreProof.HoldsAsync("two processes, one database", round, other, database.ConnectionString, mine, "first");
            await StoreProof.HoldsAsync("two processes, one database", round, one, database.ConnectionString, theirs, "second");
            Assert.Equal("W/\"80\"", (await other.GetAsync($"Patient/shared-{round}")).ETag);
        }
    }

    [Fact]
    public async Task A_process_that_stands_still_does_not_hold_up_the_other_one()
    {
        using var one = new FhirClient(first.Address);
        using var other = new FhirClient(second.Address);
        for (var round = 1; round <= Rounds.OfSlow; round++)
        {
            await using var here = Writers.Start(one, $"a{round}", clients: 8);
            await using var there = Writers.Start(other, $"b{round}", clients: 8);
            await Task.WhenAll(here.AcknowledgedAsync(200), there.AcknowledgedAsync(200));
            Signals.Send(first.Id, Signals.Stop);
            try
            {
                // Wherever it stands, also between locking the head and its commit.
                await there.AcknowledgedAsync(300);
            }
            finally
            {
                Signals.Send(first.Id, Signals.Continue);
            }

            await here.AcknowledgedAsync(100);
            var (mine, theirs) = (await here.StopAsync(), await there.StopAsync());
            await StoreProof.HoldsAsync("one of two processes stands still", round, other, database.ConnectionString, mine, "the one that stood still");
            await StoreProof.HoldsAsync("one of two processes stands still", round, other, database.ConnectionString, theirs, "the other one");
        }
    }

    // Blind updates of one resource by everybody: each has to become a version.
    private static async Task AddAsync(FhirClient fhir, string id, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var answer = await fhir.PutAsync(Samples.Patient($"{id}-{Guid.CreateVersion7()}", id));
            Assert.True(answer.Status is 200 or 201, answer.ToString());
        }
    }
}
