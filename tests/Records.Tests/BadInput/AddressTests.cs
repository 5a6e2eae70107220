using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.BadInput;

/// <summary>Addresses, queries and headers that mean nothing: refused, never a 500.</summary>
public sealed class AddressTests(RecordServer server) : IClassFixture<RecordServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Theory]
    [InlineData("Nonsense", "Nonsense")]
    [InlineData("Nonsense/1", "Nonsense")]
    [InlineData("patient", "patient")]
    [InlineData("patient/1", "patient")]
    [InlineData("PATIENT/1", "PATIENT")]
    [InlineData("Patient2", "Patient2")]
    [InlineData("Resource/1", "Resource")]
    [InlineData("%F0%9F%98%80/1", null)]
    [InlineData("Patient.json/a/b/c.d", null)]
    [InlineData("Patient/1/nonsense", null)]
    [InlineData("Patient/a.b/c.d", null)]
    [InlineData("Patient/1/_history/2/3", null)]
    public async Task Unknown_types_and_routes_are_404(string path, string? place) => (await fhir.GetAsync(path)).Refused(404, place);

    [Theory]
    [InlineData("a%2Fb")]
    [InlineData("a%20b")]
    [InlineData("%20")]
    [InlineData("a_b")]
    [InlineData("%F0%9F%98%80")]
    [InlineData("a%00b")]
    [InlineData("%ED%A0%80")]
    [InlineData("%FF")]
    [InlineData("a%0D%0AX-Injected:1")]
    [InlineData("'%3Bdrop%20table%20records.log%3B--")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task Strange_ids_are_refused_by_every_interaction(string id)
    {
        var head = await server.HeadAsync();
        foreach (var (method, path) in new[]
        {
            (HttpMethod.Get, $"Patient/{id}"), (HttpMethod.Get, $"Patient/{id}/_history"), (HttpMethod.Get, $"Patient/{id}/_history/1"),
            (HttpMethod.Delete, $"Patient/{id}"), (HttpMethod.Put, $"Patient/{id}"),
        })
        {
            var body = Samples.Patient(Uri.UnescapeDataString(id)).ToJsonString();
            var answer = await fhir.SendAsync(method, path, method == HttpMethod.Put ? FhirClient.Json(body) : null);
            Assert.True(answer.Status is 400 or 404, $"{method} {path}: {answer}");
            Assert.False(answer.Headers.Contains("X-Injected"));
        }

        Assert.Equal(head, await server.HeadAsync());
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("-")]
    [InlineData("A-1.b")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234")]
    public async Task Unusual_but_right_ids_work_in_bundles(string id)
    {
        var answer = await fhir.BundleAsync(Samples.Bundle("transaction", Samples.Entry("PUT", $"Patient/{id}", Samples.Patient(id))));
        Assert.Equal(200, answer.Status);
        Assert.Equal([id], await fhir.IdsAsync($"Patient?_id={id}"));
    }

    [Theory]
    [InlineData("_count=-1", "_count")]
    [InlineData("_count=99999999999", "_count")]
    [InlineData("_count=1.5", "_count")]
    [InlineData("_count=", "_count")]
    [InlineData("_count=%2B1", "_count")]
    [InlineData("_sort=nope", "nope")]
    [InlineData("_sort=", "_sort")]
    [InlineData("_sort=-", "_sort")]
    [InlineData("_sort=name,,--name", "_sort")]
    [InlineData("_sort=name,given,family,birthdate,gender", "_sort")]
    [InlineData("_cursor=", "_cursor")]
    [InlineData("_cursor=abc", "_cursor")]
    [InlineData("_cursor=!!!", "_cursor")]
    [InlineData("_cursor=W10", "_cursor")]
    [InlineData("_cursor=bnVsbA", "_cursor")]
    [InlineData("_cursor=WyJ4Il0", "_cursor")]
    [InlineData("_cursor=WyIxIiwiYSJd", "_cursor")]
    [InlineData("_cursor=WyL_Il0", "_cursor")]
    [InlineData("_cursor=WyJcdWQ4MDAiXQ", "_cursor")]
    [InlineData("_cursor=%F0%9F%98%80", "_cursor")]
    [InlineData("_total=maybe", "_total")]
    [InlineData("_summary=nope", "_summary")]
    [InlineData("_include=x", "_include")]
    [InlineData("_include=Patient:nope", "_include")]
    [InlineData("_include=Patient:organization:Nope", "_include")]
    [InlineData("_include:nope=Patient:organization", "_include")]
    [InlineData("_revinclude=Observation:code", "_revinclude")]
    [InlineData("_include=a:b:c:d", "_include")]
    [InlineData("birthdate=abc", "birthdate")]
    [InlineData("birthdate=", "birthdate")]
    [InlineData("birthdate=xx2026", "birthdate")]
    [InlineData("birthdate=2026-02-30", "birthdate")]
    [InlineData("birthdate=0000", "birthdate")]
    [InlineData("birthdate=2026-01-01T25:00", "birthdate")]
    [InlineData("birthdate:missing=maybe", "birthdate")]
    [InlineData("birthdate:exact=2026", "exact")]
    [InlineData("_lastUpdated=abc", "_lastUpdated")]
    [InlineData("gender=a|b|c", "gender")]
    [InlineData("gender=|", "gender")]
    [InlineData("gender:contains=x", "contains")]
    [InlineData("name=", "name")]
    [InlineData("name=,", "name")]
    [InlineData("name:nope=x", "nope")]
    [InlineData("organization=a/b/c", "organization")]
    [InlineData("organization=Nope/1", "organization")]
    [InlineData("organization:Nope=1", "organization")]
    [InlineData("birthdate.name=x", "birthdate.name")]
    [InlineData("_has:Observation:code:code=1", "_has")]
    [InlineData("nope=1", "birthdate")]
    [InlineData("=1", "Known")]
    [InlineData(":exact=1", "Known")]
    public async Task Wrong_queries_are_400_and_name_the_parameter(string query, string place)
    {
        (await fhir.GetAsync($"Patient?{query}")).Refused(400, place);
        var batch = await fhir.BundleAsync(Samples.Bundle("batch", Samples.Entry("GET", $"Patient?{query}")));
        Assert.StartsWith("400", (string)batch.Entries.Single()["response"]!["status"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("probability=abc")]
    [InlineData("probability=1e400")]
    [InlineData("probability=1,x")]
    [InlineData("probability=--1")]
    public async Task Wrong_numbers_are_400(string query) => (await fhir.GetAsync($"RiskAssessment?{query}")).Refused(400, "probability");

    [Theory]
    [InlineData("79228162514264337593543950335")]
    [InlineData("-79228162514264337593543950335")]
    [InlineData("79228162514264337593543950336")]
    [InlineData("1234567890123456789012345678901234567890")]
    [InlineData("1e28")]
    [InlineData("1e-400")]
    [InlineData("1e99999999999")]
    [InlineData("0.0000000000000000000000000000000000001")]
    public async Task Numbers_at_the_ends_of_what_can_be_kept_are_answered(string number)
    {
        foreach (var prefix in new[] { "", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap" })
        {
            var answer = await fhir.GetAsync($"RiskAssessment?probability={prefix}{number}");
            Assert.True(answer.Status is 200 or 400, answer.ToString());
            answer = await fhir.GetAsync($"Observation?value-quantity={prefix}{number}|http://unitsofmeasure.org|mg");
            Assert.True(answer.Status is 200 or 400, answer.ToString());
        }
    }

    [Theory]
    [InlineData("0001")]
    [InlineData("9999")]
    [InlineData("9999-12-31T23:59:59Z")]
    [InlineData("9999-12-31T23:59:60Z")]
    [InlineData("9999-12-31T23:59:59-14:00")]
    [InlineData("0001-01-01T00:00:00+14:00")]
    public async Task Dates_at_the_ends_of_time_are_answered(string date)
    {
        foreach (var prefix in new[] { "", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap" })
        {
            foreach (var name in new[] { "birthdate", "_lastUpdated" })
            {
                var answer = await fhir.GetAsync($"Patient?{name}={prefix}{Uri.EscapeDataString(date)}");
                Assert.True(answer.Status is 200 or 400, answer.ToString());
            }
        }
    }

    [Theory]
    [InlineData("name=O'Brien")]
    [InlineData("name=%25")]
    [InlineData("name=_")]
    [InlineData("name:contains=%25_\\%5C")]
    [InlineData("name:contains=%5C")]
    [InlineData("name=%5C")]
    [InlineData("name=');drop table records.log;--")]
    [InlineData("name:exact=\"quoted\"")]
    [InlineData("identifier=a;b")]
    [InlineData("identifier=a%5C|b")]
    [InlineData("_id=')--")]
    [InlineData("_id=%F0%9F%98%80")]
    [InlineData("family=%ED%A0%80")]
    [InlineData("family=%FF%FE")]
    public async Task Characters_of_other_languages_are_only_text(string query)
    {
        await fhir.StoreAsync(Samples.Patient("plain", "Plain"));
        Assert.DoesNotContain("plain", await fhir.IdsAsync($"Patient?{query}"));
    }

    [Theory]
    [InlineData("name=a%00b")]
    [InlineData("_id=%00")]
    [InlineData("identifier=%00")]
    [InlineData("identifier=%00|x")]
    [InlineData("organization=%00")]
    [InlineData("organization=http://%00")]
    [InlineData("name%00=x")]
    [InlineData("_cursor=WyIxIiwiXHUwMDAwIl0&_sort=name")]
    public async Task A_nul_character_is_refused(string query) => (await fhir.GetAsync($"Patient?{query}")).Refused(400);

    [Fact]
    public async Task Very_long_queries_end_in_an_answer()
    {
        // Beyond the limit of the request line the web server itself answers 414.
        var answer = await fhir.GetAsync($"Patient?name={new string('a', 100_000)}");
        Assert.True(answer.Status is 414 or 400, answer.ToString());
        Assert.Equal(200, (await fhir.GetAsync($"Patient?name={new string('a', 7_000)}")).Status);
        Assert.Equal(200, (await fhir.GetAsync($"Patient?_id={string.Join(',', Enumerable.Range(0, 1500))}")).Status);
        Assert.Equal(200, (await fhir.GetAsync("Patient?" + string.Join('&', Enumerable.Repeat("name=a", 20)))).Status);
        (await fhir.GetAsync("Patient?" + string.Join('&', Enumerable.Repeat("name=a", 500)))).Refused(422, "64");
        var values = new FormUrlEncodedContent([new("family", string.Join(',', Enumerable.Range(0, 30_000)))]);
        (await fhir.SendAsync(HttpMethod.Post, "Patient/_search", values)).Refused(422, "10000");
    }

    [Theory]
    [InlineData("If-Match", "nonsense")]
    [InlineData("If-Match", "W/\"-1\"")]
    [InlineData("If-Match", "W/\"99999999999\"")]
    [InlineData("If-Match", "\"")]
    [InlineData("If-None-Match", "W/\"1\"")]
    public async Task Wrong_conditions_are_400(string name, string value)
    {
        var head = await server.HeadAsync();
        (await fhir.PutAsync(Samples.Patient("condition"), (name, value))).Refused(400, name);
        Assert.Equal(head, await server.HeadAsync());
    }

    [Fact]
    public async Task A_search_by_post_takes_its_form_however_it_comes()
    {
        await fhir.StoreAsync(Samples.Patient("form", "Formed"));
        await fhir.StoreAsync(Samples.Patient("other", "Unformed"));
        var chunked = new FormUrlEncodedContent([new("family", "formed")]);
        var answer = await fhir.SendAsync(HttpMethod.Post, "Patient/_search", chunked, ("Transfer-Encoding", "chunked"));
        Assert.Equal(["form"], answer.Ids("match"));
        (await fhir.SendAsync(HttpMethod.Post, "Patient/_search", FhirClient.Json("{}"))).Refused(415);
        (await fhir.SendAsync(HttpMethod.Post, "Patient/_search", new FormUrlEncodedContent([new("nope", "1")]))).Refused(400, "nope");
        var many = new FormUrlEncodedContent(Enumerable.Range(0, 3000).Select(i => new KeyValuePair<string, string>($"p{i}", "1")));
        Assert.InRange((await fhir.SendAsync(HttpMethod.Post, "Patient/_search", many)).Status, 400, 499);
    }
}
