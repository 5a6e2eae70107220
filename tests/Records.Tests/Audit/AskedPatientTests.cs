using System.Text.Json.Nodes;
using Salus.Kernel;

namespace Salus.Records.Tests.Audit;

/// <summary>"Who looked at this patient" finds whoever asked about the patient, whether there was anything to see or not.</summary>
public sealed class AskedPatientTests(AuditedServer server) : IClassFixture<AuditedServer>
{
    [Theory]
    [InlineData("Observation?patient=a1")]
    [InlineData("Observation?patient=Patient/a1&code=none")]
    [InlineData("Observation?subject=Patient/a1&_summary=count")]
    [InlineData("Observation?subject:Patient=a1")]
    [InlineData("Observation?subject:Patient._id=a1")]
    [InlineData("Observation?_filter=patient eq Patient/a1")]
    [InlineData("Patient?_id=a1")]
    [InlineData("Patient?_has:Observation:patient:code=none&_id=a1")]
    [InlineData("Patient/a1/Observation")]
    [InlineData("Patient/a1/*")]
    [InlineData("?_type=Observation,Condition&patient=a1")]
    [InlineData("Observation/$lastn?patient=a1")]
    public async Task A_search_without_a_hit_names_the_patient(string query)
    {
        var actor = $"asks {query}";
        await server.Fhir.GetAsync(query, AuditedServer.As(actor));
        Assert.Equal(["a1"], await NamedAsync(actor));
    }

    [Theory]
    [InlineData("Observation?patient=b1,b2", "b1 b2")]
    [InlineData("Observation?performer=Practitioner/b1", "")]
    [InlineData("Observation?_id=b1", "")]
    [InlineData("Observation?_filter=not (patient eq Patient/b1)", "")]
    public async Task It_names_all_of_them_and_nobody_else(string query, string patients)
    {
        await server.Fhir.GetAsync(query, AuditedServer.As(query));
        Assert.Equal(patients.Split(' ', StringSplitOptions.RemoveEmptyEntries), await NamedAsync(query));
    }

    [Fact]
    public async Task The_entries_of_a_batch_name_theirs()
    {
        var me = AuditedServer.As("batcher");
        var batch = new JsonObject
        {
            ["resourceType"] = "Bundle",
            ["type"] = "batch",
            ["entry"] = new JsonArray([.. new[] { "Observation?patient=c1", "Patient/c2", "Patient/c3/Condition" }.Select(url => new JsonObject { ["request"] = new JsonObject { ["method"] = "GET", ["url"] = url } })]),
        };
        await server.Fhir.BundleAsync(batch, me);
        Assert.Equal(["c1", "c2", "c3"], await NamedAsync("batcher"));
    }

    [Fact]
    public async Task A_search_that_was_refused_names_whom_it_asked_about()
    {
        var me = AuditedServer.As("refused");
        RefuseEverything("refused");
        var answer = await server.Fhir.GetAsync("Observation?patient=d1", me);
        Assert.Equal(403, answer.Status);
        Assert.Equal(["d1"], await NamedAsync("refused"));
    }

    [Fact]
    public async Task A_view_that_runs_for_a_patient_names_the_patient()
    {
        await server.Fhir.StoreAsync(JsonNode.Parse("""{"resourceType":"Patient","id":"e1"}""")!);
        await server.Fhir.StoreAsync(JsonNode.Parse("""{"resourceType":"Patient","id":"e2"}""")!);
        await server.Fhir.StoreAsync(JsonNode.Parse("""{"resourceType":"Group","id":"e","type":"person","actual":true,"member":[{"entity":{"reference":"Patient/e2"}}]}""")!);
        var view = JsonNode.Parse("""{"resourceType":"ViewDefinition","status":"active","resource":"Condition","select":[{"column":[{"path":"id","name":"id"}]}]}""")!;
        foreach (var (actor, asked) in new[] { ("viewer", "patient=e1"), ("grouper", "group=e") })
        {
            using var body = new StringContent(view.ToJsonString(), System.Text.Encoding.UTF8, "application/fhir+json");
            var answer = await server.Fhir.SendAsync(HttpMethod.Post, $"ViewDefinition/$run?{asked}", body, AuditedServer.As(actor));
            Assert.Equal(200, answer.Status);
        }

        Assert.Equal(["e1"], await NamedAsync("viewer"));
        Assert.Equal(["e2"], await NamedAsync("grouper"));
    }

    private static void RefuseEverything(string actor) => AuditedServer.Allow(actor, Permit.Nothing);

    private async Task<string[]> NamedAsync(string actor)
    {
        await server.OfAsync(actor, 1);
        return await server.ScalarAsync<string[]>($"select array(select distinct p from access.audit, unnest(patients) p where actor = '{actor.Replace("'", "''", StringComparison.Ordinal)}' order by 1)");
    }
}
