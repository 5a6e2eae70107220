using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;
using static Salus.Records.Tests.ConditionalCreate.ConditionalCreateTests;

namespace Salus.Records.Tests.ConditionalWrites;

/// <summary>conditional update, delete and patch over HTTP: alone, in a batch, in a transaction.</summary>
public sealed class ConditionalWriteTests(RecordServer server) : IClassFixture<RecordServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task An_update_creates_then_changes_the_one_that_matches()
    {
        var created = await PutAsync("identifier=http://mrn|up", Identified("up", "First"));
        Assert.Equal((201, "1"), (created.Status, created.Version));
        var changed = await PutAsync("identifier=http://mrn|up", Identified("up", "Second"));
        Assert.Equal((200, "2"), (changed.Status, changed.Version));
        Assert.Equal((string?)created.Json["id"], (string?)changed.Json["id"]);
        Assert.Equal("Second", (string?)changed.Json["name"]![0]!["family"]);
        Assert.Single(await fhir.IdsAsync("Patient?identifier=up"));
    }

    [Fact]
    public async Task An_update_whose_resource_states_an_id_creates_there_or_must_match_it()
    {
        Assert.Equal("stated", (string?)(await PutAsync("identifier=stated", Identified("stated", id: "stated"))).Json["id"]);
        Assert.Equal(200, (await PutAsync("identifier=stated", Identified("stated", id: "stated"))).Status);
        (await PutAsync("identifier=stated", Identified("stated", id: "another"))).Refused(400, "Patient.id");
        (await PutAsync("identifier=nobody-has", Identified("nobody-has", id: "stated"))).Refused(412, "Patient/stated exists");
        await fhir.DeleteAsync("Patient/stated");
        var again = await PutAsync("identifier=stated", Identified("stated", id: "stated"));
        Assert.Equal((201, "4"), (again.Status, again.Version));
    }

    [Fact]
    public async Task Several_matches_are_refused_by_each_and_nothing_is_written()
    {
        await fhir.StoreAsync(Identified("twin", id: "twin-1"));
        await fhir.StoreAsync(Identified("twin", id: "twin-2"));
        var head = await server.HeadAsync();
        (await PutAsync("identifier=twin", Identified("twin"))).Refused(412, "2 resources");
        (await fhir.DeleteAsync("Patient?identifier=twin")).Refused(412, "2 resources");
        (await PatchAsync("Patient?identifier=twin")).Refused(412, "2 resources");
        foreach (var method in new[] { "PUT", "DELETE", "PATCH" })
        {
            (await fhir.BundleAsync(Samples.Bundle("transaction", Entry(method, "Patient?identifier=twin")))).Refused(412, "Bundle.entry[0].request.url");
        }

        Assert.Equal(head, await server.HeadAsync());
    }

    [Fact]
    public async Task A_delete_takes_the_one_that_matches_and_needs_none()
    {
        await fhir.StoreAsync(Identified("del", id: "del"));
        var deleted = await fhir.DeleteAsync("Patient?identifier=http://mrn|del");
        Assert.Equal((204, "W/\"2\""), (deleted.Status, deleted.ETag));
        (await fhir.GetAsync("Patient/del")).Refused(410);
        Assert.Equal(204, (await fhir.DeleteAsync("Patient?identifier=http://mrn|del")).Status);
    }

    [Fact]
    public async Task A_patch_changes_the_one_that_matches_and_needs_one()
    {
        await fhir.StoreAsync(Identified("patched", id: "patched"));
        var answer = await PatchAsync("Patient?identifier=patched");
        Assert.Equal((200, "2", true), (answer.Status, answer.Version, (bool)answer.Json["active"]!));
        (await PatchAsync("Patient?identifier=nobody")).Refused(404, "nothing to patch");
    }

    [Fact]
    public async Task If_Match_and_If_None_Match_hold_for_what_matches()
    {
        await fhir.StoreAsync(Identified("cond", id: "cond"));
        (await PutAsync("identifier=cond", Identified("cond"), ("If-Match", "W/\"2\""))).Refused(412, "version 1");
        (await PutAsync("identifier=cond", Identified("cond"), ("If-None-Match", "*"))).Refused(412, "If-None-Match");
        (await PutAsync("identifier=cond-none", Identified("cond-none"), ("If-Match", "*"))).Refused(412, "any version");
        (await fhir.DeleteAsync("Patient?identifier=cond", ("If-Match", "W/\"7\""))).Refused(412);
        (await PatchAsync("Patient?identifier=cond", ("If-Match", "W/\"7\""))).Refused(412);
        Assert.Equal(200, (await PutAsync("identifier=cond", Identified("cond"), ("If-Match", "W/\"1\""))).Status);
        Assert.Equal(200, (await PutAsync("identifier=cond", Identified("cond"), ("If-Match", "*"))).Status);
        Assert.Equal(201, (await PutAsync("identifier=cond-new", Identified("cond-new"), ("If-None-Match", "*"))).Status);
    }

    [Fact]
    public async Task If_Match_of_any_version_and_If_None_Match_hold_for_a_plain_update()
    {
        (await fhir.PutAsync(Samples.Patient("plain"), ("If-Match", "*"))).Refused(412, "not there");
        Assert.Equal(201, (await fhir.PutAsync(Samples.Patient("plain"), ("If-None-Match", "*"))).Status);
        (await fhir.PutAsync(Samples.Patient("plain"), ("If-None-Match", "*"))).Refused(412, "exists already");
        Assert.Equal(200, (await fhir.PutAsync(Samples.Patient("plain"), ("If-Match", "*"))).Status);
        Assert.Equal(204, (await fhir.DeleteAsync("Patient/plain", ("If-Match", "*"))).Status);
        (await fhir.DeleteAsync("Patient/plain", ("If-Match", "*"))).Refused(412);
        (await fhir.PutAsync(Samples.Patient("plain"), ("If-Match", "x"))).Refused(400, "If-Match");
    }

    [Theory]
    [InlineData("nonsense=1", "nonsense")]
    [InlineData("identifier=1&_sort=birthdate", "_sort")]
    [InlineData("identifier=1&_count=1", "_count")]
    [InlineData("organization.name=x", "organization.name")]
    [InlineData("birthdate=yesterday", "yesterday")]
    public async Task Other_queries_are_refused_even_leniently(string query, string place)
    {
        var head = await server.HeadAsync();
        (await PutAsync(query, Samples.Patient(), ("Prefer", "handling=lenient"))).Refused(400, place);
        (await fhir.DeleteAsync($"Patient?{query}", ("Prefer", "handling=lenient"))).Refused(400, place);
        (await PatchAsync($"Patient?{query}")).Refused(400, place);
        Assert.Equal(head, await server.HeadAsync());
    }

    [Fact]
    public async Task An_invalid_resource_or_one_of_another_type_is_refused()
    {
        (await PutAsync("identifier=bad", Samples.Observation())).Refused(400, "Observation");
        (await PutAsync("identifier=bad", Samples.Resource("""{"resourceType":"Patient","birthDate":"yesterday"}"""))).Refused(400, "birthDate");
        (await fhir.SendAsync(HttpMethod.Put, "Nonsense?identifier=1", FhirClient.Json("{}"))).Refused(404, "Nonsense");
    }

    [Fact]
    public async Task A_transaction_writes_by_criteria_and_refers_to_what_it_wrote()
    {
        await fhir.StoreAsync(Identified("tx-known", id: "tx-known"));
        await fhir.StoreAsync(Identified("tx-leaving", id: "tx-leaving"));
        await fhir.StoreAsync(Identified("tx-patch", id: "tx-patch"));
        var answer = await fhir.BundleAsync(Samples.Bundle(
            "transaction",
            Samples.Entry("PUT", "Patient?identifier=tx-known", Identified("tx-known", "Known"), "urn:uuid:aaaaaaaa-0000-4000-8000-000000000001"),
            Samples.Entry("PUT", "Patient?identifier=tx-new", Identified("tx-new"), "urn:uuid:aaaaaaaa-0000-4000-8000-000000000002"),
            Samples.Entry("DELETE", "Patient?identifier=tx-leaving"), Samples.Entry("DELETE", "Patient?identifier=tx-nobody"),
            Entry("PATCH", "Patient?identifier=tx-patch"),
            Samples.Entry("POST", "Observation", Samples.Observation(subject: "urn:uuid:aaaaaaaa-0000-4000-8000-000000000001", code: "txk")),
            Samples.Entry("POST", "Observation", Samples.Observation(subject: "urn:uuid:aaaaaaaa-0000-4000-8000-000000000002", code: "txn"))));

        Assert.Equal(["200 OK", "201 Created", "204 No Content", "204 No Content", "200 OK", "201 Created", "201 Created"], Statuses(answer));
        Assert.Equal("Known", (string?)(await fhir.GetAsync("Patient/tx-known")).Json["name"]![0]!["family"]);
        (await fhir.GetAsync("Patient/tx-leaving")).Refused(410);
        Assert.True((bool)(await fhir.GetAsync("Patient/tx-patch")).Json["active"]!);
        Assert.Single(await fhir.IdsAsync("Observation?code=txk&subject=Patient/tx-known"));
        var created = Assert.Single(await fhir.IdsAsync("Patient?identifier=tx-new"));
        Assert.Single(await fhir.IdsAsync($"Observation?code=txn&subject=Patient/{created}"));
    }

    [Fact]
    public async Task A_transaction_that_would_write_one_resource_twice_fails_as_a_whole()
    {
        await fhir.StoreAsync(Identified("once", id: "once"));
        var head = await server.HeadAsync();
        var patient = Identified("once");
        var named = Identified("once", id: "once");
        (await fhir.BundleAsync(Samples.Bundle("transaction", Samples.Entry("PUT", "Patient?identifier=once", patient), Samples.Entry("PUT", "Patient/once", named)))).Refused(400, "Patient/once");
        (await fhir.BundleAsync(Samples.Bundle("transaction", Samples.Entry("PUT", "Patient?identifier=once", patient), Samples.Entry("DELETE", "Patient?identifier=once")))).Refused(400, "two entries");
        (await fhir.BundleAsync(Samples.Bundle("transaction", Samples.Entry("PUT", "Patient?identifier=once", patient), Samples.Entry("DELETE", "Patient?_id=once")))).Refused(400, "Patient/once");
        var wrong = Entry("PATCH", "Patient?identifier=nobody");
        (await fhir.BundleAsync(Samples.Bundle("transaction", Samples.Entry("POST", "Patient", patient), wrong))).Refused(404, "Bundle.entry[1].request");
        var mismatch = Samples.Entry("PUT", "Patient?identifier=once", Identified("once", id: "other"));
        (await fhir.BundleAsync(Samples.Bundle("transaction", Samples.Entry("POST", "Patient", patient), mismatch))).Refused(400, "Bundle.entry[1].resource");
        Assert.Equal(head, await server.HeadAsync());
    }

    [Fact]
    public async Task A_batch_does_each_for_itself()
    {
        await fhir.StoreAsync(Identified("batch-del", id: "batch-del"));
        await fhir.StoreAsync(Identified("batch-patch", id: "batch-patch"));
        var answer = await fhir.BundleAsync(Samples.Bundle(
            "batch",
            Samples.Entry("PUT", "Patient?identifier=batch-up", Identified("batch-up")), Samples.Entry("PUT", "Patient?identifier=batch-up", Identified("batch-up")),
            Samples.Entry("DELETE", "Patient?identifier=batch-del"), Entry("PATCH", "Patient?identifier=batch-patch"), Entry("PATCH", "Patient/batch-patch"),
            Entry("PATCH", "Patient?identifier=batch-nobody"), Samples.Entry("PUT", "Patient?nope=1", Identified("x")), Samples.Entry("DELETE", "Patient")));
        Assert.Equal(["201", "200", "204", "200", "200", "404", "400", "400"], Statuses(answer).Select(s => s[..3]));
        Assert.Single(await fhir.IdsAsync("Patient?identifier=batch-up"));
        Assert.Contains("Bundle.entry[6].request.url", answer.Entries.ElementAt(6).ToJsonString(), StringComparison.Ordinal);
    }

    private Task<Answer> PutAsync(string query, JsonObject resource, params (string Name, string Value)[] headers) =>
        fhir.SendAsync(HttpMethod.Put, $"Patient?{query}", FhirClient.Json(resource.ToJsonString()), headers);

    private Task<Answer> PatchAsync(string path, params (string Name, string Value)[] headers) =>
        fhir.SendAsync(HttpMethod.Patch, path, FhirClient.Json("""[{"op":"add","path":"/active","value":true}]"""u8.ToArray(), "application/json-patch+json"), headers);

    private static JsonObject Entry(string method, string url) => Samples.Entry(method, url, method switch
    {
        "PUT" => Identified("twin"),
        "PATCH" => new JsonObject
        {
            ["resourceType"] = "Binary",
            ["contentType"] = "application/json-patch+json",
            ["data"] = Convert.ToBase64String("""[{"op":"add","path":"/active","value":true}]"""u8),
        },
        _ => null,
    });
}
