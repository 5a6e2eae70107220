using Salus.Faults.Tests.Support;

namespace Salus.Faults.Tests;

/// <summary>The connection to PostgreSQL is cut around a commit: Salus finds out what became of it, and tells the truth.</summary>
public sealed class CutAtCommitTests : IAsyncLifetime
{
    private OutsideRecord record = null!;

    private FhirClient Fhir => record.Fhir;

    public async Task InitializeAsync() => record = await OutsideRecord.StartAsync();

    public async Task DisposeAsync() => await record.DisposeAsync();

    [Fact]
    public async Task A_lost_answer_of_the_database_is_found_again()
    {
        var cut = record.Network.CutCommitOf("Family answered", Cut.AfterCommit);
        var answer = await Fhir.PutAsync(Samples.Patient("answered", "answered"));
        await cut;
        Assert.True(answer.Status == 201, answer.ToString());
        Assert.Equal("W/\"1\"", (await Fhir.GetAsync("Patient/answered")).ETag);

        cut = record.Network.CutCommitOf("Family bundle", Cut.AfterCommit);
        answer = await Fhir.PostAsync(Samples.Transaction("bundle", 3));
        await cut;
        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Equal(3, await Fhir.CountAsync($"Observation?identifier={Samples.System}|bundle"));
        await StoreProof.WholeAsync(record.ConnectionString);
    }

    [Theory]
    [InlineData("BeforeCommit")]
    [InlineData("BeforeCommitUnnoticed")]
    public async Task A_commit_that_did_not_arrive_is_denied_and_the_repeated_request_holds(string where)
    {
        var cut = record.Network.CutCommitOf("Family denied", Enum.Parse<Cut>(where));
        var answer = await Fhir.PutAsync(Samples.Patient("denied", "denied"));
        await cut;
        Assert.True(answer.Status == 503, answer.ToString());
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Contains("Nothing of this request was stored", answer.Problem, StringComparison.Ordinal);
        Assert.Equal(404, (await Fhir.GetAsync("Patient/denied")).Status);

        answer = await Fhir.PutAsync(Samples.Patient("again", "denied"));
        Assert.True(answer.Status == 201, answer.ToString());
        await StoreProof.WholeAsync(record.ConnectionString);
    }

    [Fact]
    public async Task Nobody_is_told_that_nothing_was_stored_when_the_database_cannot_be_asked()
    {
        var cut = record.Network.CutCommitOf("Family unknown", Cut.AfterCommit, thenAway: true);
        var answer = await Fhir.PutAsync(Samples.Patient("unknown", "unknown"));
        await cut;
        Assert.True(answer.Status == 503, answer.ToString());
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Contains("is not known", answer.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing", answer.Problem, StringComparison.Ordinal);

        record.Network.ComeBack();
        Assert.Equal(200, (await Fhir.GetAsync("Patient/unknown")).Status);
    }

    [Fact]
    public async Task The_feed_brings_its_effects_about_once()
    {
        for (var round = 1; round <= Rounds.OfMany; round++)
        {
            await using var writers = Writers.Start(Fhir, $"r{round}", clients: 4);
            foreach (var where in Enum.GetValues<Cut>())
            {
                // The name that the consumer saves its position under.
                await record.Network.CutCommitOf("records.type-count", where).WaitAsync(TimeSpan.FromMinutes(2));
            }

            await writers.AcknowledgedAsync(50);
            await StoreProof.HoldsAsync("connection of a feed consumer cut at its commit", round, Fhir, record.ConnectionString, await writers.StopAsync());
        }
    }

    [Fact]
    public async Task Under_sixteen_writers()
    {
        for (var round = 1; round <= Rounds.OfSlow; round++)
        {
            await using var writers = Writers.Start(Fhir, $"r{round}");
            foreach (var where in Enum.GetValues<Cut>())
            {
                await writers.AcknowledgedAsync(100);
                await record.Network.CutCommitOf("Family r", where).WaitAsync(TimeSpan.FromMinutes(1));
            }

            await writers.AcknowledgedAsync(100);
            await StoreProof.HoldsAsync("connection cut at the commit, 16 writers", round, Fhir, record.ConnectionString, await writers.StopAsync());
        }
    }
}
