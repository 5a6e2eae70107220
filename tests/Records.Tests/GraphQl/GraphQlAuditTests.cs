using Salus.Kernel;
using Salus.Records.Sealing;
using Salus.Records.Tests.Access;
using Salus.Records.Tests.Audit;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.GraphQl;

/// <summary>Who looked at whom by a document stands in the trail as it does of reads and searches, and nothing sealed does.</summary>
public sealed class GraphQlAuditTests(GraphQlAuditTests.Server server) : IClassFixture<GraphQlAuditTests.Server>, IAsyncLifetime
{
    private const string Ssn = "http://hl7.org/fhir/sid/us-ssn";
    private readonly FhirClient fhir = server.Fhir;

    public sealed class Server : AuditedServer
    {
        private readonly string folder = Directory.CreateTempSubdirectory("salus-graphql").FullName;

        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [.. base.Settings.Where(s => s.Key != "Salus:Records:Validation"), new("Salus:Data", folder), new("Salus:Records:Validation", "Off")];
    }

    public async Task InitializeAsync()
    {
        foreach (var patient in new[] { "p1", "p2", "p3" })
        {
            var resource = AccessRecord.Patient(patient, $"Fam-{patient}");
            resource["identifier"] = new System.Text.Json.Nodes.JsonArray(new System.Text.Json.Nodes.JsonObject { ["system"] = Ssn, ["value"] = $"100-20-400{patient[1]}" });
            await fhir.StoreAsync(resource);
            await fhir.StoreAsync(AccessRecord.Observation($"{patient}-o", patient, code: patient));
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("{ Patient(id: p1) { id } }", null, "Operation -/-/0 [p1]", "Patient/p1")]
    [InlineData("{ Patient(id: nobody) { id } }", null, "Operation -/-/0 [nobody]", "Patient/nobody")]
    [InlineData("{ ObservationList(patient: \"Patient/absent\", code: x) { id } }", null, "Operation -/-/0 [absent]", "Observation?patient=Patient/absent&code=x")]
    [InlineData("{ ObservationList(code: p2) { subject { resource { ... on Patient { id } } } } }", null, "Operation -/-/0 [p2]", "Observation?code=p2")]
    [InlineData("{ PatientConnection(_count: 0) { count } }", null, "Operation -/-/0 []", "Patient?_count=0")]
    [InlineData("{ id }", "Patient/p1", "Operation Patient/p1/0 [p1]", "")]
    [InlineData("{ ObservationList(_reference: patient) { id } }", "Patient/p3", "Operation Patient/p3/0 [p3]", "Observation?patient=Patient/p3")]
    [InlineData("{ PatientList(_sort: _id) { ObservationList(_reference: subject) { id } } }", null, "Operation -/-/0 [p1+p2+p3]", "Patient?_sort=_id Observation?subject=(3 of Patient)")]
    public async Task What_was_read_is_there_with_its_patients(string document, string? of, string entry, string asked)
    {
        var actor = $"asks {document}";
        var answer = await fhir.AskAsync(document, of, caller: AuditedServer.As(actor));
        Assert.Equal(200, answer.Status);
        Assert.Equal([entry], await server.OfAsync(actor, 1));
        Assert.Equal($"/fhir/{(of is null ? "" : of + "/")}$graphql {asked}".TrimEnd(), await server.ScalarAsync<string>($"select query from access.audit where actor = '{actor}'"));
    }

    [Fact]
    public async Task What_was_refused_of_it_is_there_too()
    {
        var me = AuditedServer.As("narrow");
        AuditedServer.Allow("narrow", new Permit([[new Grant("Patient", Interactions.All, Reach.Of("p1"))]], []));
        Assert.Equal(200, (await fhir.AskAsync("{ PatientList { id } ObservationList { id } Condition(id: x) { id } }", caller: me)).Status);
        Assert.Equal(["Operation -/-/0 [p1] MinorFailure"], await server.OfAsync("narrow", 1));
        Assert.Equal("not allowed: Condition, Observation", await server.ScalarAsync<string>("select detail from access.audit where actor = 'narrow'"));

        var none = AuditedServer.As("shut");
        AuditedServer.Allow("shut", Permit.Nothing);
        Assert.Equal(403, (await fhir.AskAsync("{ id }", "Patient/p2", caller: none)).Status);
        Assert.Equal(["Denied Patient/p2/0 [p2] MinorFailure"], await server.OfAsync("shut", 1));
    }

    [Theory]
    [InlineData("ssn-get")]
    [InlineData("ssn-post")]
    [InlineData("ssn-variable")]
    public async Task A_national_identifier_is_kept_as_its_hash(string actor)
    {
        const string literal = $"{{ PatientList(identifier: \"{Ssn}|100-20-4001\") {{ id identifier(value: \"100-20-4001\") {{ value }} }} }}";
        const string variable = "query($i: String!) { PatientList(identifier: $i) { id identifier { value } } }";
        var me = AuditedServer.As(actor);
        var answer = actor switch
        {
            "ssn-get" => await fhir.GetAsync($"$graphql?query={Uri.EscapeDataString(literal)}", me),
            "ssn-post" => await fhir.AskAsync(literal, caller: me),
            _ => await fhir.GetAsync($"$graphql?query={Uri.EscapeDataString(variable)}&variables={Uri.EscapeDataString($"{{\"i\":\"{Ssn}|100-20-4001\"}}")}", me),
        };
        Assert.Equal("""{"data":{"PatientList":[{"id":"p1","identifier":[{"value":"100-20-4001"}]}]}}""", answer.Text);
        await server.OfAsync(actor, 1);
        var kept = await server.ScalarAsync<string>($"select query from access.audit where actor = '{actor}'");
        Assert.DoesNotContain("4001", kept, StringComparison.Ordinal);
        Assert.Contains($"sealed:{server.Get<SealKeys>().Ring.Hash("100-20-4001")}", kept, StringComparison.Ordinal);
    }
}
