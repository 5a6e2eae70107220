using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Salus.Kernel;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Access;

public sealed class WriteAccessTests(AccessRecord server) : IClassFixture<AccessRecord>
{
    private readonly FhirClient fhir = server.Fhir;
    private readonly (string, string) me = AccessRecord.As(AccessRecord.Of("wa") with { Clearance = Confidentiality.Normal });

    [Fact]
    public async Task New_content_has_to_be_of_ones_own_patients_and_below_ones_clearance()
    {
        Assert.Equal(201, (await fhir.PostAsync(AccessRecord.Observation("x", "wa"), me)).Status);
        Assert.Equal(403, (await fhir.PostAsync(AccessRecord.Observation("x", "wb"), me)).Status);
        Assert.Equal(403, (await fhir.PostAsync(AccessRecord.Observation("x", "wa", label: "R"), me)).Status);
        Assert.Equal(403, (await fhir.PutAsync(AccessRecord.Observation("w-new", "wb"), me)).Status);
        Assert.Equal(404, (await fhir.GetAsync("Observation/w-new")).Status);
    }

    [Fact]
    public async Task A_second_patient_who_is_named_opens_no_record_for_writing()
    {
        var team = AccessRecord.Parse("""{"resourceType":"CareTeam","status":"active","subject":{"reference":"Patient/wb"},"participant":[{"member":{"reference":"Patient/wa"}}]}""");
        Assert.Equal(403, (await fhir.PostAsync(team, me)).Status);
        team["id"] = "w-team";
        Assert.Equal(201, (await fhir.PutAsync(team.DeepClone())).Status);
        Assert.Equal(403, (await fhir.PutAsync(team, me)).Status);
        Assert.NotEqual(200, (await fhir.DeleteAsync("CareTeam/w-team", me)).Status);
        Assert.Equal(200, (await fhir.GetAsync("CareTeam/w-team")).Status);
    }

    [Theory]
    [InlineData(201, "Communication", """ "status":"completed","subject":{"reference":"Patient/wa"},"sender":{"reference":"Patient/wa"} """)]
    [InlineData(201, "Communication", """ "status":"completed","subject":{"reference":"Patient/wa"} """)]
    [InlineData(403, "Communication", """ "status":"completed","subject":{"reference":"Patient/wa"},"sender":{"reference":"Practitioner/d1"} """)]
    [InlineData(403, "Communication", """ "status":"completed","subject":{"reference":"Patient/wa"},"sender":{"reference":"https://elsewhere.example/fhir/Practitioner/d1"} """)]
    [InlineData(403, "Communication", """ "status":"completed","subject":{"reference":"Patient/wa"},"sender":{"type":"Practitioner","identifier":{"system":"urn:staff","value":"7"}} """)]
    [InlineData(403, "QuestionnaireResponse", """ "status":"completed","subject":{"reference":"Patient/wa"},"source":{"reference":"Patient/wa"},"author":{"reference":"Practitioner/d1"} """)]
    public async Task Patients_write_into_their_record_in_nobody_elses_name(int status, string type, string content)
    {
        var patient = AccessRecord.As(Grant.Everything with { Reach = new Reach.Own("Patient/wa") });
        Assert.Equal(status, (await fhir.PostAsync(AccessRecord.Parse($$"""{"resourceType":"{{type}}",{{content}}}"""), patient)).Status);
    }

    [Fact]
    public async Task A_label_is_not_lowered_by_those_who_may_read_it()
    {
        var both = AccessRecord.As(AccessRecord.Of("wa") with { Clearance = Confidentiality.Restricted });
        await fhir.StoreAsync(AccessRecord.Observation("w-label", "wa", label: "R"));
        Assert.Equal(200, (await fhir.PutAsync(AccessRecord.Observation("w-label", "wa", code: "2", label: "R"), both)).Status);
        Assert.Equal(403, (await fhir.PutAsync(AccessRecord.Observation("w-label", "wa"), both)).Status);
        foreach (var mistaken in new[] { "r", "v" })
        {
            await fhir.StoreAsync(AccessRecord.Observation($"w-{mistaken}", "wa", label: mistaken));
            Assert.Equal(404, (await fhir.GetAsync($"Observation/w-{mistaken}", me)).Status);
        }
    }

    [Fact]
    public async Task An_update_needs_the_old_version_and_the_new_one()
    {
        await fhir.StoreAsync(AccessRecord.Observation("w-up", "wa"));
        await fhir.StoreAsync(AccessRecord.Observation("w-other", "wb"));

        Assert.Equal(200, (await fhir.PutAsync(AccessRecord.Observation("w-up", "wa", code: "2"), me)).Status);
        Assert.Equal(403, (await fhir.PutAsync(AccessRecord.Observation("w-up", "wb"), me)).Status);
        Assert.Equal(403, (await fhir.PutAsync(AccessRecord.Observation("w-other", "wa"), me)).Status);
        // Nothing of what is there shows, not even by a wrong If-Match.
        var refused = await fhir.PutAsync(AccessRecord.Observation("w-other", "wa"), me, ("If-Match", "W/\"9\""));
        Assert.Equal(403, refused.Status);
        Assert.DoesNotContain("version", refused.Text, StringComparison.Ordinal);
        Assert.Equal("1", (await fhir.GetAsync("Observation/w-other")).Version);
        Assert.Equal("2", (await fhir.GetAsync("Observation/w-up")).Version);
    }

    [Fact]
    public async Task Who_may_only_read_or_only_create_cannot_change()
    {
        await fhir.StoreAsync(AccessRecord.Observation("w-ro", "wa"));
        var reader = AccessRecord.As(AccessRecord.Of("wa") with { Allows = Interactions.Read | Interactions.Search });
        var creator = AccessRecord.As(AccessRecord.Of("wa") with { Allows = Interactions.Create });

        Assert.Equal(403, (await fhir.PutAsync(AccessRecord.Observation("w-ro", "wa"), reader)).Status);
        Assert.Equal(403, (await fhir.DeleteAsync("Observation/w-ro", reader)).Status);
        Assert.Equal(403, (await fhir.PostAsync(AccessRecord.Observation("x", "wa"), reader)).Status);
        Assert.Equal(403, (await PatchAsync("w-ro", reader)).Status);
        Assert.Equal(201, (await fhir.PostAsync(AccessRecord.Observation("x", "wa"), creator)).Status);
        Assert.Equal(403, (await fhir.PutAsync(AccessRecord.Observation("w-ro", "wa"), creator)).Status);
        Assert.Equal(403, (await fhir.GetAsync("Observation/w-ro", creator)).Status);
    }

    [Fact]
    public async Task A_delete_or_patch_of_what_is_hidden_is_one_of_what_is_not_there()
    {
        await fhir.StoreAsync(AccessRecord.Observation("w-del", "wb"));
        var (hidden, absent) = (await fhir.DeleteAsync("Observation/w-del", me), await fhir.DeleteAsync("Observation/w-none", me));

        Assert.Equal((absent.Status, absent.Text, absent.ETag), (hidden.Status, hidden.Text, hidden.ETag));
        Assert.Equal(200, (await fhir.GetAsync("Observation/w-del")).Status);
        Assert.Equal(404, (await PatchAsync("w-del", me)).Status);
        var bundle = AccessRecord.Parse("""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"DELETE","url":"Observation/w-del"}}]}""");
        Assert.Equal("204 No Content", (string?)(await fhir.BundleAsync(bundle, me)).Entries.Single()["response"]!["status"]);
        Assert.Equal(200, (await fhir.GetAsync("Observation/w-del")).Status);
        // Deleted by others, it stays hidden; nor can it be brought back for another patient.
        await fhir.DeleteAsync("Observation/w-del");
        Assert.Equal(403, (await fhir.PutAsync(AccessRecord.Observation("w-del", "wa"), me)).Status);
    }

    [Fact]
    public async Task Conditional_writes_find_what_the_caller_may_see()
    {
        await fhir.StoreAsync(AccessRecord.Observation("w-cond", "wb", code: "cond"));

        Assert.Equal(204, (await fhir.DeleteAsync("Observation?code=cond", me)).Status);
        Assert.Equal(200, (await fhir.GetAsync("Observation/w-cond")).Status);
        Assert.Equal(201, (await fhir.PostAsync(AccessRecord.Observation("x", "wa", code: "cond"), me, ("If-None-Exist", "code=cond"))).Status);
        Assert.Equal(200, (await fhir.PostAsync(AccessRecord.Observation("x", "wa", code: "cond"), me, ("If-None-Exist", "code=cond"))).Status);
        Assert.Equal(412, (await fhir.PostAsync(AccessRecord.Observation("x", "wa", code: "cond"), ("If-None-Exist", "code=cond"))).Status);
    }

    [Fact]
    public async Task A_transaction_with_one_entry_that_is_not_allowed_stores_nothing()
    {
        var bundle = new JsonObject
        {
            ["resourceType"] = "Bundle",
            ["type"] = "transaction",
            ["entry"] = new JsonArray(Entry("w-t1", "wa"), Entry("w-t2", "wb")),
        };
        Assert.Equal(403, (await fhir.BundleAsync(bundle, me)).Status);
        Assert.Equal(404, (await fhir.GetAsync("Observation/w-t1")).Status);
        bundle["type"] = "batch";
        Assert.Equal(["201 Created", "403 Forbidden"], (await fhir.BundleAsync(bundle, me)).Entries.Select(e => (string?)e["response"]!["status"]));

        static JsonObject Entry(string id, string patient) => new()
        {
            ["resource"] = AccessRecord.Observation(id, patient),
            ["request"] = new JsonObject { ["method"] = "PUT", ["url"] = $"Observation/{id}" },
        };
    }

    [Fact]
    public async Task References_are_resolved_by_what_the_caller_may_see()
    {
        await fhir.StoreAsync(AccessRecord.Patient("wb", "Verborgen"));
        var bundle = AccessRecord.Parse("""
            {"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},
             "subject":{"reference":"Patient/wa"},"focus":[{"reference":"Patient?name=Verborgen"}]},"request":{"method":"POST","url":"Observation"}}]}
            """);
        Assert.Equal(412, (await fhir.BundleAsync(bundle, me)).Status);
    }

    [Fact]
    public async Task New_content_under_criteria_is_refused_because_it_cannot_be_decided()
    {
        await fhir.StoreAsync(AccessRecord.Observation("w-crit", "wa", code: "crit"));
        var some = AccessRecord.As(AccessRecord.Of("wa") with { Criteria = "code=crit" });

        Assert.Contains("criteria", (await fhir.PostAsync(AccessRecord.Observation("x", "wa", code: "crit"), some)).Problems, StringComparison.Ordinal);
        Assert.Equal(204, (await fhir.DeleteAsync("Observation/w-crit", some)).Status);
        Assert.Equal(404, (await fhir.GetAsync("Observation/w-crit", some)).Status);
    }

    private async Task<Answer> PatchAsync(string id, (string, string) who)
    {
        using var body = new StringContent("""[{"op":"replace","path":"/status","value":"amended"}]""", Encoding.UTF8, new MediaTypeHeaderValue("application/json-patch+json"));
        return await fhir.SendAsync(HttpMethod.Patch, $"Observation/{id}", body, who);
    }
}
