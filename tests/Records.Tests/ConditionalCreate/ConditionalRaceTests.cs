using System.Text.Json.Nodes;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Conditional;
using Salus.Records.Storage;
using Salus.Records.Tests.Support;
using static Salus.Records.Tests.ConditionalCreate.ConditionalCreateTests;

namespace Salus.Records.Tests.ConditionalCreate;

/// <summary>Of all who create under one condition at once, one creates; each order of events between look and commit.</summary>
public sealed class ConditionalRaceTests(RecordServer server) : IClassFixture<RecordServer>
{
    private const int Clients = 32;
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task Of_many_clients_one_creates_and_all_learn_the_same_resource()
    {
        for (var round = 0; round < 10; round++)
        {
            var name = $"race-{round}";
            await OneCreatesAsync(await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => fhir.PostAsync(Identified(name), ("If-None-Exist", $"identifier=http://mrn|{name}")))), name);
        }
    }

    [Fact]
    public async Task On_two_servers_with_one_database_one_creates()
    {
        await using var app = await RecordServer.StartAsync(server.ConnectionString, []);
        using var other = new FhirClient(RecordServer.AddressOf(app));
        for (var round = 0; round < 10; round++)
        {
            var name = $"two-{round}";
            await OneCreatesAsync(
                await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => (i % 2 == 0 ? fhir : other).PostAsync(Identified(name), ("If-None-Exist", $"identifier=http://mrn|{name}")))), name);
        }
    }

    [Fact]
    public async Task Different_conditions_that_one_resource_meets_create_it_once()
    {
        for (var round = 0; round < 10; round++)
        {
            var name = $"both-{round}";
            var queries = new[] { $"identifier=http://mrn|{name}", $"identifier={name}", $"family={name}", $"family:exact={name}&birthdate=1980-05-17" };
            await OneCreatesAsync(await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => fhir.PostAsync(Identified(name, name), ("If-None-Exist", queries[i % queries.Length])))), name);
        }
    }

    [Fact]
    public async Task Transactions_with_the_same_conditions_create_once_and_refer_to_it()
    {
        var bundle = Samples.Bundle(
            "transaction",
            UnlessThere(Identified("tx-a"), "identifier=tx-a", "urn:uuid:aaaaaaaa-0000-4000-8000-000000000001"), UnlessThere(Identified("tx-b"), "identifier=tx-b", "urn:uuid:aaaaaaaa-0000-4000-8000-000000000002"),
            Samples.Entry("POST", "Observation", Samples.Observation(subject: "urn:uuid:aaaaaaaa-0000-4000-8000-000000000001", code: "tx")), Samples.Entry("POST", "Observation", Samples.Observation(subject: "urn:uuid:aaaaaaaa-0000-4000-8000-000000000002", code: "tx")));
        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => fhir.BundleAsync(bundle)));
        Assert.Equal(2, answers.SelectMany(a => Statuses(a)[..2]).Count(s => s == "201 Created"));
        var patients = (await fhir.IdsAsync("Patient?identifier=tx-a,tx-b")).Select(id => $"Patient/{id}").Order().ToList();
        Assert.Equal(2, patients.Count);
        foreach (var patient in patients)
        {
            Assert.Equal(Clients, (await fhir.IdsAsync($"Observation?code=tx&subject={patient}&_count=100")).Count);
        }
    }

    [Fact]
    public async Task What_others_wrote_between_look_and_commit_is_seen()
    {
        var (condition, look) = await LookAsync("identifier=between");
        await fhir.StoreAsync(Identified("between", id: "between"));
        Assert.Equal(FailureKind.Conflict, (await CommitAsync(Identified("between"), condition, look)).Failure?.Kind);
        Assert.Equal(["between"], await fhir.IdsAsync("Patient?identifier=between"));

        var again = await Conditional.LookAsync(Caller.Local, [condition], look, CancellationToken.None);
        Assert.Equal("between", again.Value.Found[0]?.Id);
    }

    [Theory]
    [InlineData("update")]
    [InlineData("delete")]
    [InlineData("second")]
    public async Task What_was_found_must_still_be_the_one_match_at_the_commit(string change)
    {
        await fhir.StoreAsync(Identified($"still-{change}", id: $"still-{change}"));
        var (condition, look) = await LookAsync($"identifier=still-{change}");
        Assert.Equal($"still-{change}", look.Found[0]?.Id);
        switch (change)
        {
            case "update":
                await fhir.StoreAsync(Identified("other", id: "still-update"));
                break;
            case "delete":
                await fhir.DeleteAsync("Patient/still-delete");
                break;
            default:
                await fhir.StoreAsync(Identified("still-second", id: "still-second-2"));
                break;
        }

        var head = await server.HeadAsync();
        Assert.Equal(FailureKind.Conflict, (await CommitAsync(Samples.Observation(), condition, look)).Failure?.Kind);
        Assert.Equal(head, await server.HeadAsync());
    }

    [Fact]
    public async Task In_one_commit_the_first_of_those_that_match_each_other_holds()
    {
        var (one, oneLook) = await LookAsync("identifier=group-1");
        var (two, twoLook) = await LookAsync("identifier=group-2");
        var (same, sameLook) = await LookAsync("identifier=group-1");
        var (free, freeLook) = await LookAsync("identifier=group-3");
        var head = await server.HeadAsync();
        var both = Identified("group-1");
        both["identifier"]!.AsArray().Add(new JsonObject { ["value"] = "group-2" });
        var sets = new List<WriteSet>
        {
            new(Caller.Local, [await PrepareAsync(both)]),
            await SetAsync(both, one, oneLook), await SetAsync(both, two, twoLook), await SetAsync(both, same, sameLook), await SetAsync(Identified("group-3"), free, freeLook),
        };

        await server.Get<CommitTransaction>().RunAsync(sets);
        var outcomes = await Task.WhenAll(sets.Select(s => s.Done));
        Assert.Equal([null, null, FailureKind.Conflict, FailureKind.Conflict, null], outcomes.Select(o => o.Failure?.Kind));
        // The condition held before the plain create of the same group, so the log has it in front.
        Assert.Equal([head + 3, head + 1, head + 2], new[] { 0, 1, 4 }.Select(i => outcomes[i].Value[0].Position));
        Assert.Single(outcomes.Where(o => o.Failure is null).Select(o => o.Value[0].At).Distinct());
        Assert.Equal(head + 3, await server.HeadAsync());
    }

    [Fact]
    public async Task A_look_that_is_too_old_is_made_again()
    {
        var (condition, look) = await LookAsync("identifier=old");
        await server.ScalarAsync<long>("update records.head set position = position + 20000 returning position");
        await fhir.StoreAsync(Samples.Patient("later"));
        Assert.Equal(FailureKind.Conflict, (await CommitAsync(Identified("old"), condition, look)).Failure?.Kind);
        var again = await Conditional.LookAsync(Caller.Local, [condition], look, CancellationToken.None);
        Assert.False((await CommitAsync(Identified("old"), condition, again.Value)).Failed(out _));
    }

    private async Task OneCreatesAsync(Answer[] answers, string name)
    {
        Assert.All(answers, a => Assert.True(a.Status is 200 or 201, a.ToString()));
        Assert.True(answers.Count(a => a.Status == 201) == 1, $"{name}: {answers.Count(a => a.Status == 201)} created");
        Assert.Single(answers.Select(a => a.Headers.Location!.AbsolutePath).Distinct());
        Assert.Single(await fhir.IdsAsync($"Patient?identifier=http://mrn|{name}"));
    }

    private ConditionalMatch Conditional => server.Get<ConditionalMatch>();

    private static TypeDefinition Patient => FhirDefinitions.R4.Resource("Patient")!;

    private async Task<(MatchCriteria, MatchLook)> LookAsync(string query)
    {
        var condition = Conditional.Parse(Patient, query, "", "If-None-Exist").Value;
        return (condition, (await Conditional.LookAsync(Caller.Local, [condition], null, CancellationToken.None)).Value);
    }

    private async Task<WriteSet> SetAsync(JsonObject resource, MatchCriteria condition, MatchLook look) =>
        new(Caller.Local, [await PrepareAsync(resource)]) { Conditions = [Conditional.Condition(Caller.Local, condition, look, 0)] };

    private async Task<Outcome<Committed[]>> CommitAsync(JsonObject resource, MatchCriteria condition, MatchLook look) =>
        await server.Get<Committer>().CommitAsync(await SetAsync(resource, condition, look), CancellationToken.None);

    private async Task<PendingWrite> PrepareAsync(JsonObject resource)
    {
        var preparation = server.Get<Preparation>();
        var document = preparation.Read(System.Text.Encoding.UTF8.GetBytes(resource.ToJsonString())).Value;
        return (await preparation.WriteAsync(document.Root, Tenant.Default, preparation.NewId(), expected: 0, fresh: true, map: null, CancellationToken.None)).Value;
    }
}
