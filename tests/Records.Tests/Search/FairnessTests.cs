using Npgsql;
using Salus.Records.Search;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Search;

/// <summary>Costly searches of one client leave places for everybody else. Searches are held by a lock in the database, so nothing here depends on speed.</summary>
public sealed class FairnessTests(RecordServer server) : IClassFixture<RecordServer>
{
    private const int Many = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly FhirClient fhir = server.Fhir;
    private readonly SearchGate gate = server.Get<SearchGate>();

    [Fact]
    public async Task Ordinary_requests_pass_while_costly_searches_hold_all_their_places()
    {
        await fhir.StoreAsync(Samples.Patient("passes", "Passing"));
        await using var held = await HoldAsync("index_amount");
        var values = string.Join(',', Enumerable.Range(0, 10));
        var costly = Enumerable.Range(0, Many).Select(i => fhir.GetAsync($"Observation?value-quantity=100{i},{values}")).ToList();
        await BlockedAsync(gate.CostlyPlaces);
        Task<Answer>[] behind = [fhir.GetAsync("Patient/_history"), fhir.GetAsync("_history"), fhir.GetAsync("?_summary=count"), fhir.GetAsync("Patient?_total=accurate")];

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(["passes"], await fhir.IdsAsync("Patient?family=passing"));
            Assert.Equal(200, (await fhir.GetAsync("Patient/passes")).Status);
            Assert.Equal(200, (await fhir.GetAsync("Patient/passes/_history")).Status);
            Assert.Equal(201, (await fhir.PostAsync(Samples.Patient())).Status);
        }

        Assert.Equal(gate.CostlyPlaces, await BlockedAsync(gate.CostlyPlaces));
        Assert.DoesNotContain(behind.Concat(costly), t => t.IsCompleted);
        await held.DisposeAsync();
        Assert.All(await Task.WhenAll(costly.Concat(behind)), a => Assert.True(a.Status == 200, a.ToString()));
    }

    [Fact]
    public async Task A_search_that_turns_out_slow_changes_to_the_costly_lane()
    {
        await fhir.StoreAsync(Samples.Patient("still", "Still"));
        await using var held = await HoldAsync("index_string");
        var slow = Enumerable.Range(0, Many).Select(i => fhir.GetAsync($"Patient?family=slow{i}")).ToList();
        await BlockedAsync(gate.CostlyPlaces, orMore: true);

        Assert.Equal(["still"], await fhir.IdsAsync("Patient?_id=still"));
        await BlockedAsync(gate.CostlyPlaces);
        await held.DisposeAsync();
        Assert.All(await Task.WhenAll(slow), a => Assert.True(a.Status == 200, a.ToString()));
    }

    [Theory]
    [InlineData("Observation", "subject=Patient/1&code=8867-4&_sort=-date&_count=20", false)]
    [InlineData("Observation", "code=http://loinc.org|8867-4", false)]
    [InlineData("Observation", "value-quantity=gt5||mg&patient=1", false)]
    [InlineData("Patient", "name=meier&_sort=family&_total=accurate", false)]
    [InlineData("Observation", "patient=1&_summary=count", false)]
    [InlineData("Patient", "_id=1,2,3&_summary=count", false)]
    [InlineData("Patient", "name=an&_sort=family", true)]
    [InlineData("Patient", "", false)]
    [InlineData("Patient", "_sort=family", true)]
    [InlineData("Observation", "status=final&_sort=-date", true)]
    [InlineData("Observation", "value-quantity=1,2,3,4,5,6", true)]
    [InlineData("Patient", "name:contains=a", true)]
    [InlineData("Patient", "gender:not=male", true)]
    [InlineData("Patient", "name:missing=true", true)]
    [InlineData("Patient", "_summary=count", true)]
    [InlineData("Patient", "gender=male&_total=accurate", true)]
    [InlineData("Patient", "_count=1000&_revinclude=Observation:subject", true)]
    public void The_cost_is_estimated_from_the_question(string type, string query, bool costly)
    {
        var criteria = query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=', 2)).Select(p => new KeyValuePair<string, string>(p[0], p[1]));
        var request = server.Get<SearchParser>().Parse(type, criteria, lenient: false).Value;
        Assert.Equal(costly ? SearchCost.Costly : SearchCost.Ordinary, SearchCosts.Of(request));
    }

    [Theory]
    [InlineData("Observation", "value-quantity=", 422)]
    [InlineData("RiskAssessment", "probability=", 422)]
    [InlineData("Patient", "name:contains=", 422)]
    [InlineData("Patient", "identifier=", 200)]
    [InlineData("Observation", "value-quantity:missing=true&code=", 200)]
    public async Task Values_that_are_compared_one_by_one_are_limited(string type, string query, int status)
    {
        var answer = await fhir.GetAsync($"{type}?{query}{string.Join(',', Enumerable.Range(1, 101))}");
        Assert.True(answer.Status == status, answer.ToString());
        if (status == 422)
        {
            answer.Refused(422, "MaxComparedValues");
            Assert.Equal(200, (await fhir.GetAsync($"{type}?{query}{string.Join(',', Enumerable.Range(1, 100))}")).Status);
        }
    }

    private async Task<NpgsqlConnection> HoldAsync(string table)
    {
        var connection = await server.Source.OpenConnectionAsync();
#pragma warning disable CA2100 // Written in the tests.
        await using var command = new NpgsqlCommand($"begin; lock table records.{table} in access exclusive mode", connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    // Waits until so many searches of the server are in the database, blocked.
    private async Task<long> BlockedAsync(int expected, bool orMore = false)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var blocked = await server.ScalarAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'select%'");
            if (blocked == expected || (orMore && blocked > expected))
            {
                return blocked;
            }

            Assert.True(clock.Elapsed < Patience, $"{blocked} searches are blocked, {expected} were expected");
            await Task.Delay(10);
        }
    }
}
