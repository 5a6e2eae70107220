using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;
using static Salus.Records.Tests.ConditionalCreate.ConditionalCreateTests;

namespace Salus.Records.Tests.ConditionalWrites;

/// <summary>Conditional writes of many clients at once are as if they had come one after the other.</summary>
public sealed class ConditionalWriteRaceTests(RecordServer server) : IClassFixture<RecordServer>
{
    private const int Clients = 16;
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task Of_many_updates_one_creates_and_the_others_are_its_next_versions()
    {
        for (var round = 0; round < 10; round++)
        {
            var name = $"race-{round}";
            await OneHistoryAsync(await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => PutAsync(fhir, name, $"Name{i}"))), name);
        }
    }

    [Fact]
    public async Task On_two_servers_with_one_database_too()
    {
        await using var app = await RecordServer.StartAsync(server.ConnectionString, []);
        using var other = new FhirClient(RecordServer.AddressOf(app));
        for (var round = 0; round < 10; round++)
        {
            var name = $"two-{round}";
            await OneHistoryAsync(await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => PutAsync(i % 2 == 0 ? fhir : other, name, $"Name{i}"))), name);
        }
    }

    [Fact]
    public async Task Creates_and_updates_and_transactions_with_one_condition_make_one_resource()
    {
        for (var round = 0; round < 10; round++)
        {
            var name = $"mixed-{round}";
            var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => (i % 3) switch
            {
                0 => fhir.PostAsync(Identified(name), ("If-None-Exist", $"identifier=http://mrn|{name}")),
                1 => PutAsync(fhir, name, $"Name{i}"),
                _ => fhir.BundleAsync(Samples.Bundle("transaction", Samples.Entry("PUT", $"Patient?identifier={name}", Identified(name)))),
            }));
            Assert.All(answers, a => Assert.True(a.Status is 200 or 201, a.ToString()));
            var id = Assert.Single(await fhir.IdsAsync($"Patient?identifier={name}"));
            var written = answers.Length - answers.Where((a, i) => i % 3 == 0 && a.Status == 200).Count();
            Assert.Equal(written, (int)(await fhir.GetAsync($"Patient/{id}/_history")).Json["total"]!);
        }
    }

    [Fact]
    public async Task Of_many_deletes_one_deletes_and_with_updates_between_them_no_second_one_appears()
    {
        for (var round = 0; round < 10; round++)
        {
            var name = $"gone-{round}";
            await fhir.StoreAsync(Identified(name, id: name));
            var deletes = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => fhir.DeleteAsync($"Patient?identifier={name}")));
            Assert.All(deletes, d => Assert.Equal(204, d.Status));
            Assert.Single(deletes, d => d.ETag is not null);
            var mixed = await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => i % 2 == 0 ? fhir.DeleteAsync($"Patient?identifier={name}") : PutAsync(fhir, name, $"Name{i}")));
            Assert.All(mixed, a => Assert.True(a.Status is 200 or 201 or 204, a.ToString()));
            Assert.InRange((await fhir.IdsAsync($"Patient?identifier={name}")).Count, 0, 1);
            Assert.Equal(mixed.Count(a => a.Status == 201) - mixed.Count(a => a is { Status: 204, ETag: not null }), (await fhir.IdsAsync($"Patient?identifier={name}")).Count);
        }
    }

    [Fact]
    public async Task No_patch_of_many_is_lost()
    {
        await fhir.StoreAsync(Identified("patches", id: "patches"));
        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => fhir.SendAsync(
            HttpMethod.Patch, i % 2 == 0 ? "Patient?identifier=patches" : "Patient/patches",
            FhirClient.Json(System.Text.Encoding.UTF8.GetBytes($$"""[{"op":"add","path":"/name/-","value":{"family":"Added{{i}}"} }]"""), "application/json-patch+json"))));
        Assert.All(answers, a => Assert.True(a.Status == 200, a.ToString()));
        var patient = (await fhir.GetAsync("Patient/patches")).Json;
        Assert.Equal($"{Clients + 1}", (string?)patient["meta"]!["versionId"]);
        Assert.Equal(Enumerable.Range(0, Clients).Select(i => $"Added{i}").Order(), patient["name"]!.AsArray().Select(n => (string)n!["family"]!).Where(f => f.StartsWith("Added", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public async Task Of_many_that_name_the_version_one_wins()
    {
        await fhir.StoreAsync(Identified("versioned", id: "versioned"));
        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => PutAsync(fhir, "versioned", $"Name{i}", ("If-Match", "W/\"1\""))));
        Assert.Single(answers, a => a.Status == 200);
        Assert.Equal(Clients - 1, answers.Count(a => a.Status == 412));
    }

    private static Task<Answer> PutAsync(FhirClient fhir, string name, string family, params (string Name, string Value)[] headers) =>
        fhir.SendAsync(HttpMethod.Put, $"Patient?identifier=http://mrn|{name}", FhirClient.Json(Identified(name, family).ToJsonString()), headers);

    private async Task OneHistoryAsync(Answer[] answers, string name)
    {
        Assert.All(answers, a => Assert.True(a.Status is 200 or 201, a.ToString()));
        Assert.Single(answers, a => a.Status == 201);
        Assert.Single(answers.Select(a => (string)a.Json["id"]!).Distinct());
        Assert.Equal(Enumerable.Range(1, Clients), answers.Select(a => int.Parse(a.Version, System.Globalization.CultureInfo.InvariantCulture)).Order());
        Assert.Single(await fhir.IdsAsync($"Patient?identifier=http://mrn|{name}"));
    }
}

/// <summary>conditional delete of several (<c>conditionalDelete</c> = <c>multiple</c>).</summary>
public sealed class ConditionalDeleteOfSeveralTests(SeveralServer server) : IClassFixture<SeveralServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task All_that_match_are_deleted_in_one_commit_up_to_the_bound()
    {
        for (var i = 0; i < 4; i++)
        {
            await fhir.StoreAsync(Identified("few", id: $"few-{i}"));
        }

        (await fhir.DeleteAsync("Patient?identifier=few")).Refused(412, "at most 3");
        await fhir.DeleteAsync("Patient/few-3");
        var head = await server.HeadAsync();
        var answer = await fhir.DeleteAsync("Patient?identifier=few", ("Prefer", "return=OperationOutcome"));
        Assert.Equal(200, answer.Status);
        Assert.Contains("3 resources were deleted: Patient/few-2, Patient/few-1, Patient/few-0", answer.Problems, StringComparison.Ordinal);
        Assert.Equal(head + 3, await server.HeadAsync());
        Assert.Empty(await fhir.IdsAsync("Patient?identifier=few"));
        Assert.Single(new HashSet<string?>([.. await Task.WhenAll(Enumerable.Range(0, 3).Select(async i => (string?)(await fhir.GetAsync($"Patient/few-{i}/_history")).Entries.First()["response"]!["lastModified"]))]));
    }

    [Fact]
    public async Task Deletes_at_once_delete_each_one_time()
    {
        for (var i = 0; i < 3; i++)
        {
            await fhir.StoreAsync(Identified("raced", id: $"raced-{i}"));
        }

        var head = await server.HeadAsync();
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => fhir.DeleteAsync("Patient?identifier=raced"))), a => Assert.Equal(204, a.Status));
        Assert.Equal(head + 3, await server.HeadAsync());
    }

    [Fact]
    public async Task The_statement_says_multiple() =>
        Assert.All((await fhir.GetAsync("metadata")).Json["rest"]![0]!["resource"]!.AsArray(), r => Assert.Equal("multiple", (string?)r!["conditionalDelete"]));
}

/// <summary>A server that deletes up to three at once.</summary>
public sealed class SeveralServer : RecordServer
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Salus:Records:MaxConditionalDeletes", "3")];
}
