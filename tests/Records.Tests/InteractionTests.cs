using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests;

public sealed class InteractionTests(RecordServer server) : IClassFixture<RecordServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task Create_gives_id_version_location_and_time()
    {
        var created = await fhir.PostAsync(Samples.Patient("ignored"));

        Assert.Equal(201, created.Status);
        var id = (string)created.Json["id"]!;
        Assert.NotEqual("ignored", id);
        Assert.Equal(7, Guid.Parse(id).Version);
        Assert.Equal("1", created.Version);
        Assert.Equal("W/\"1\"", created.ETag);
        Assert.Equal($"{fhir.Base}Patient/{id}/_history/1", created.Headers.Location!.ToString());
        var at = DateTimeOffset.Parse((string)created.Json["meta"]!["lastUpdated"]!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(at.ToUnixTimeSeconds(), created.ContentHeaders.LastModified!.Value.ToUnixTimeSeconds());
        Assert.Equal("application/fhir+json", created.ContentHeaders.ContentType!.MediaType);
    }

    [Fact]
    public async Task Read_gives_the_stored_bytes_of_the_current_version()
    {
        var stored = await fhir.StoreAsync(Samples.Patient("read-1"));
        var read = await fhir.GetAsync("Patient/read-1");

        Assert.Equal(200, read.Status);
        Assert.Equal(stored.Text, read.Text);
        Assert.Equal("W/\"1\"", read.ETag);
        Assert.NotNull(read.ContentHeaders.LastModified);
    }

    [Theory]
    [InlineData("Patient/headed")]
    [InlineData("Patient?_id=headed")]
    [InlineData("metadata")]
    public async Task Head_answers_as_get_does_without_a_body(string path)
    {
        await fhir.StoreAsync(Samples.Patient("headed"));
        var (get, head) = (await fhir.GetAsync(path), await fhir.SendAsync(HttpMethod.Head, path, null));
        Assert.Equal((200, get.ETag, 0), (head.Status, head.ETag, head.Body.Length));
        Assert.Equal(get.ContentHeaders.ContentType, head.ContentHeaders.ContentType);
    }

    [Fact]
    public async Task Read_of_what_never_was_is_404()
    {
        (await fhir.GetAsync("Patient/nobody")).Refused(404, "Patient/nobody");
        (await fhir.GetAsync("Patient/nobody/_history/1")).Refused(404, "Patient/nobody");
        (await fhir.GetAsync("Patient/nobody/_history")).Refused(404, "Patient/nobody");
    }

    [Fact]
    public async Task Vread_gives_each_version_as_it_was()
    {
        await fhir.StoreAsync(Samples.Patient("vread-1", "First"));
        await fhir.StoreAsync(Samples.Patient("vread-1", "Second"));

        var first = await fhir.GetAsync("Patient/vread-1/_history/1");
        var second = await fhir.GetAsync("Patient/vread-1/_history/2");
        Assert.Equal(("First", "1", "W/\"1\""), ((string)first.Json["name"]![0]!["family"]!, first.Version, first.ETag));
        Assert.Equal(("Second", "2", "W/\"2\""), ((string)second.Json["name"]![0]!["family"]!, second.Version, second.ETag));
        (await fhir.GetAsync("Patient/vread-1/_history/3")).Refused(404);
        (await fhir.GetAsync("Patient/vread-1/_history/0")).Refused(404);
        (await fhir.GetAsync("Patient/vread-1/_history/x")).Refused(404);
    }

    [Fact]
    public async Task Update_creates_at_an_id_of_the_client_and_then_counts_versions()
    {
        var first = await fhir.PutAsync(Samples.Patient("put-1"));
        var second = await fhir.PutAsync(Samples.Patient("put-1", "Other"));

        Assert.Equal((201, "1"), (first.Status, first.Version));
        Assert.Equal((200, "2"), (second.Status, second.Version));
        Assert.Equal($"{fhir.Base}Patient/put-1/_history/2", second.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Update_keeps_the_rest_of_meta_and_replaces_what_the_server_owns()
    {
        var patient = Samples.Patient("meta-1");
        patient["meta"] = JsonNode.Parse("""{"versionId":"99","lastUpdated":"2001-01-01T00:00:00Z","profile":["http://example.org/p"],"tag":[{"system":"http://t","code":"a"}]}""");
        var stored = await fhir.StoreAsync(patient);

        Assert.Equal("1", stored.Version);
        Assert.DoesNotContain("2001-01-01", stored.Text, StringComparison.Ordinal);
        Assert.Equal("http://example.org/p", (string?)stored.Json["meta"]!["profile"]![0]);
        Assert.Equal("a", (string?)stored.Json["meta"]!["tag"]![0]!["code"]);
    }

    [Fact]
    public async Task Update_refuses_an_id_that_is_not_the_address()
    {
        var head = await server.HeadAsync();
        (await fhir.SendAsync(HttpMethod.Put, "Patient/a", FhirClient.Json(Samples.Patient("b").ToJsonString()))).Refused(400, "Patient.id");
        (await fhir.SendAsync(HttpMethod.Put, "Patient/a", FhirClient.Json(Samples.Patient().ToJsonString()))).Refused(400, "Patient.id");
        (await fhir.SendAsync(HttpMethod.Put, "Observation/a", FhirClient.Json(Samples.Patient("a").ToJsonString()))).Refused(400, "resourceType");
        Assert.Equal(head, await server.HeadAsync());
    }

    [Fact]
    public async Task If_match_holds_only_for_the_current_version()
    {
        await fhir.StoreAsync(Samples.Patient("match-1"));
        Assert.Equal(200, (await fhir.PutAsync(Samples.Patient("match-1"), ("If-Match", "W/\"1\""))).Status);
        (await fhir.PutAsync(Samples.Patient("match-1"), ("If-Match", "W/\"1\""))).Refused(412, "If-Match");
        (await fhir.PutAsync(Samples.Patient("match-none"), ("If-Match", "W/\"1\""))).Refused(412, "If-Match");
        (await fhir.DeleteAsync("Patient/match-1", ("If-Match", "W/\"1\""))).Refused(412, "If-Match");
        (await fhir.PutAsync(Samples.Patient("match-1"), ("If-Match", "nonsense"))).Refused(400, "If-Match");
        Assert.Equal(204, (await fhir.DeleteAsync("Patient/match-1", ("If-Match", "W/\"2\""))).Status);
    }

    [Fact]
    public async Task If_none_match_star_creates_only_what_is_not_there()
    {
        Assert.Equal(201, (await fhir.PutAsync(Samples.Patient("none-1"), ("If-None-Match", "*"))).Status);
        (await fhir.PutAsync(Samples.Patient("none-1"), ("If-None-Match", "*"))).Refused(412, "If-None-Match");
        await fhir.DeleteAsync("Patient/none-1");
        Assert.Equal(201, (await fhir.PutAsync(Samples.Patient("none-1"), ("If-None-Match", "*"))).Status);
    }

    [Fact]
    public async Task Read_with_the_known_version_is_304_without_body()
    {
        await fhir.StoreAsync(Samples.Patient("cached-1"));
        var same = await fhir.GetAsync("Patient/cached-1", ("If-None-Match", "W/\"1\""));
        Assert.Equal((304, 0, "W/\"1\""), (same.Status, same.Body.Length, same.ETag));
        await fhir.StoreAsync(Samples.Patient("cached-1", "New"));
        Assert.Equal(200, (await fhir.GetAsync("Patient/cached-1", ("If-None-Match", "W/\"1\""))).Status);
        Assert.Equal(304, (await fhir.GetAsync("Patient/cached-1", ("If-None-Match", "W/\"1\", W/\"2\""))).Status);
    }

    [Fact]
    public async Task Delete_is_idempotent_and_leaves_410_and_the_history()
    {
        await fhir.StoreAsync(Samples.Patient("gone-1"));
        var deleted = await fhir.DeleteAsync("Patient/gone-1");
        Assert.Equal((204, 0, "W/\"2\""), (deleted.Status, deleted.Body.Length, deleted.ETag));
        var head = await server.HeadAsync();
        Assert.Equal(204, (await fhir.DeleteAsync("Patient/gone-1")).Status);
        Assert.Equal(204, (await fhir.DeleteAsync("Patient/never-was")).Status);
        Assert.Equal(head, await server.HeadAsync());

        (await fhir.GetAsync("Patient/gone-1")).Refused(410, "Patient/gone-1");
        (await fhir.GetAsync("Patient/gone-1/_history/2")).Refused(410);
        Assert.Equal(200, (await fhir.GetAsync("Patient/gone-1/_history/1")).Status);
        Assert.Empty(await fhir.IdsAsync("Patient?_id=gone-1"));
    }

    [Fact]
    public async Task A_deleted_resource_comes_back_with_the_next_version()
    {
        await fhir.StoreAsync(Samples.Patient("back-1", "Phoenix"));
        await fhir.DeleteAsync("Patient/back-1");
        var back = await fhir.PutAsync(Samples.Patient("back-1", "Phoenix"));

        Assert.Equal((201, "3"), (back.Status, back.Version));
        Assert.Equal(["back-1"], await fhir.IdsAsync("Patient?family=phoenix"));
    }

    [Fact]
    public async Task An_update_is_found_by_its_new_values_only()
    {
        await fhir.StoreAsync(Samples.Patient("moved-1", "Oldname", birthDate: "1911-01-01"));
        await fhir.StoreAsync(Samples.Patient("moved-1", "Newname", birthDate: "1912-01-01"));

        Assert.Empty(await fhir.IdsAsync("Patient?family=oldname"));
        Assert.Empty(await fhir.IdsAsync("Patient?birthdate=1911"));
        Assert.Equal(["moved-1"], await fhir.IdsAsync("Patient?family=newname&birthdate=1912"));
        await fhir.DeleteAsync("Patient/moved-1");
        Assert.Empty(await fhir.IdsAsync("Patient?family=newname"));
    }

    [Fact]
    public async Task A_write_to_a_type_without_criteria_is_refused_not_taken_for_all()
    {
        var head = await server.HeadAsync();
        foreach (var path in new[] { "Patient", "Patient?", "Patient?_format=json" })
        {
            (await fhir.SendAsync(HttpMethod.Put, path, FhirClient.Json(Samples.Patient("a").ToJsonString()))).Refused(400, "query");
            (await fhir.DeleteAsync(path)).Refused(400, "query");
            (await fhir.SendAsync(HttpMethod.Patch, path, FhirClient.Json("[]"u8.ToArray(), "application/json-patch+json"))).Refused(400, "query");
        }

        Assert.Equal(head, await server.HeadAsync());
    }
}
