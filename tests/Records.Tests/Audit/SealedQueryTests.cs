using Salus.Kernel;
using Salus.Records.Sealing;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Audit;

/// <summary>What the record keeps sealed does not stand in clear in the trail either.</summary>
public sealed class SealedQueryTests(SealedQueryTests.Server server) : IClassFixture<SealedQueryTests.Server>
{
    private const string Ssn = "http://hl7.org/fhir/sid/us-ssn";

    [Theory]
    [InlineData("Patient?identifier=" + Ssn + "|100-20-3001")]
    [InlineData("Patient?%69dentifier=http%3A%2F%2Fhl7.org%2Ffhir%2Fsid%2Fus-ssn%7C100-20-3001")]
    [InlineData("Patient?identifier=100-20-3001,http://hospital.example/mrn|7")]
    [InlineData("Patient?identifier:not=" + Ssn + "|100-20-3001")]
    [InlineData("Patient?identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|SS|100-20-3001")]
    [InlineData("Observation?subject:Patient.identifier=" + Ssn + "|100-20-3001")]
    [InlineData("Observation?subject:identifier=" + Ssn + "|100-20-3001")]
    [InlineData("Patient?_has:Coverage:beneficiary:identifier=" + Ssn + "|100-20-3001")]
    [InlineData("Patient?_filter=identifier eq " + Ssn + "|100-20-3001 and gender eq female")]
    [InlineData("Patient?_filter=name eq \"x\" or (identifier eq \"" + Ssn + "|100-20-3001\")")]
    public async Task A_national_identifier_is_kept_as_its_hash(string query)
    {
        await server.Fhir.GetAsync(query, AuditedServer.As(query));
        var kept = await KeptAsync(query);
        Assert.DoesNotContain("100-20-3001", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("3001", kept, StringComparison.Ordinal);
        // The same question shows the same.
        Assert.Contains($"sealed:{server.Get<SealKeys>().Ring.Hash("100-20-3001")}", kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_a_condition_and_a_refusal_are_no_exceptions()
    {
        using var form = new FormUrlEncodedContent([new("identifier", $"{Ssn}|100-20-3002"), new("gender", "female")]);
        await server.Fhir.SendAsync(HttpMethod.Post, "Patient/_search", form, AuditedServer.As("form"));
        var kept = await KeptAsync("form");
        Assert.DoesNotContain("3002", kept, StringComparison.Ordinal);
        Assert.EndsWith("&gender=female", kept, StringComparison.Ordinal);

        var patient = System.Text.Json.Nodes.JsonNode.Parse($$"""{"resourceType":"Patient","identifier":[{"system":"{{Ssn}}","value":"100-20-3003"}]}""")!;
        await server.Fhir.PostAsync(patient, ("If-None-Exist", $"identifier={Ssn}|100-20-3003"));
        await server.Fhir.PostAsync(patient.DeepClone(), ("If-None-Exist", $"identifier={Ssn}|100-20-3003"), AuditedServer.As("condition"));
        Assert.DoesNotContain("3003", await KeptAsync("condition"), StringComparison.Ordinal);

        var me = AuditedServer.As("refused-ssn");
        AuditedServer.Allow("refused-ssn", Permit.Nothing);
        await server.Fhir.GetAsync($"Patient?identifier={Ssn}|100-20-3004&mistyped={Ssn}|100-20-3004", me, ("Prefer", "handling=lenient"));
        Assert.DoesNotContain("3004", await KeptAsync("refused-ssn"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Patient?name=Chalmers&birthdate=1974-12-25")]
    [InlineData("Patient?identifier=http://hospital.example/mrn%7C7")]
    [InlineData("Patient?identifier:missing=true")]
    [InlineData("Patient?identifier=" + Ssn + "|")]
    [InlineData("Patient?_filter=name%20eq%20%22Chalmers%22")]
    [InlineData("Observation?code=http://loinc.org|1234-5&subject=Patient/1")]
    public async Task What_is_not_sealed_stays_as_it_was_asked(string query)
    {
        await server.Fhir.GetAsync(query, AuditedServer.As(query));
        Assert.Equal($"/fhir/{query}", Uri.UnescapeDataString(await KeptAsync(query)).Replace("|7", "%7C7", StringComparison.Ordinal).Replace(" eq \"Chalmers\"", "%20eq%20%22Chalmers%22", StringComparison.Ordinal));
    }

    [Fact]
    public void A_query_in_a_query_is_none_either()
    {
        var asked = $"?_type=Patient&_typeFilter={Uri.EscapeDataString($"Observation?code=1,2,Patient?identifier={Ssn}|100-20-3006,100-20-3007&gender=female")}";
        var kept = Uri.UnescapeDataString(server.Get<IQueryVeil>().Query(asked));
        Assert.DoesNotContain("300", kept, StringComparison.Ordinal);
        Assert.StartsWith("?_type=Patient&_typeFilter=Observation?code=1,2,Patient?identifier=", kept, StringComparison.Ordinal);
        Assert.EndsWith("&gender=female", kept, StringComparison.Ordinal);
    }

    private async Task<string> KeptAsync(string actor)
    {
        await server.OfAsync(actor, 1);
        return await server.ScalarAsync<string>($"select string_agg(query, ' ') from access.audit where actor = '{actor.Replace("'", "''", StringComparison.Ordinal)}'");
    }

    public sealed class Server : AuditedServer
    {
        private static readonly string Key = $"one:{Convert.ToBase64String(Enumerable.Range(1, 32).Select(i => (byte)i).ToArray())}";

        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [.. base.Settings, new("Salus:Records:Sealed:Keys", Key), new("Salus:Records:Sealed:HashKeys", Key)];
    }
}
