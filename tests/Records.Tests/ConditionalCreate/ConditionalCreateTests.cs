using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;
using Salus.TestSupport;

namespace Salus.Records.Tests.ConditionalCreate;

/// <summary>conditional create over HTTP: alone, in a batch, in a transaction.</summary>
public sealed class ConditionalCreateTests(RecordServer server) : IClassFixture<RecordServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task Without_a_match_it_creates_and_with_one_it_answers_with_that()
    {
        var created = await fhir.PostAsync(Identified("one"), ("If-None-Exist", "identifier=http://mrn|one"));
        Assert.Equal(201, created.Status);
        var head = await server.HeadAsync();

        var again = await fhir.PostAsync(Identified("one", "Other"), ("If-None-Exist", "identifier=http://mrn|one"));
        Assert.Equal(200, again.Status);
        Assert.Equal((created.Headers.Location, created.ETag, created.Text), (again.Headers.Location, again.ETag, again.Text));
        Assert.Equal(created.ContentHeaders.LastModified, again.ContentHeaders.LastModified);
        Assert.Equal(head, await server.HeadAsync());
    }

    [Fact]
    public async Task Prefer_minimal_leaves_the_body_out()
    {
        await fhir.StoreAsync(Identified("minimal", id: "minimal"));
        var answer = await fhir.PostAsync(Identified("minimal"), ("If-None-Exist", "identifier=minimal"), ("Prefer", "return=minimal"));
        Assert.Equal((200, 0, $"{fhir.Base}Patient/minimal/_history/1"), (answer.Status, answer.Body.Length, answer.Headers.Location!.ToString()));
    }

    [Fact]
    public async Task Several_matches_are_refused_with_their_number_and_a_way_out()
    {
        for (var i = 0; i < 3; i++)
        {
            await fhir.StoreAsync(Identified("several", id: $"several-{i}"));
        }

        var head = await server.HeadAsync();
        var answer = await fhir.PostAsync(Identified("several"), ("If-None-Exist", "identifier=several"));
        answer.Refused(412, "3 resources");
        Assert.Contains("system|value", answer.Problems, StringComparison.Ordinal);
        (await fhir.BundleAsync(Samples.Bundle("transaction", UnlessThere(Identified("several"), "identifier=several")))).Refused(412, "3 resources");
        Assert.Equal(head, await server.HeadAsync());
    }

    [Fact]
    public async Task What_was_deleted_or_no_longer_matches_does_not_count()
    {
        await fhir.StoreAsync(Identified("gone", id: "gone"));
        await fhir.DeleteAsync("Patient/gone");
        Assert.Equal(201, (await fhir.PostAsync(Identified("gone"), ("If-None-Exist", "identifier=gone"))).Status);
        await fhir.StoreAsync(Identified("moved", id: "moved"));
        await fhir.StoreAsync(Identified("elsewhere", id: "moved"));
        Assert.Equal(201, (await fhir.PostAsync(Identified("moved"), ("If-None-Exist", "identifier=moved"))).Status);
    }

    [Theory]
    [InlineData("family=Criteria&birthdate=1975-02-03")]
    [InlineData("?family:exact=Criteria")]
    [InlineData("Patient?identifier=http%3A%2F%2Fmrn%7Ccriteria")]
    [InlineData("_id=criteria")]
    [InlineData("birthdate=ge1975-02-03&birthdate=lt1975-02-04&family:contains=riteri")]
    public async Task Criteria_are_those_of_a_search(string query)
    {
        await fhir.StoreAsync(Identified("criteria", "Criteria", "criteria", "1975-02-03"));
        var answer = await fhir.PostAsync(Identified("criteria"), ("If-None-Exist", query));
        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Equal("criteria", (string?)answer.Json["id"]);
    }

    [Theory]
    [InlineData("", "If-None-Exist")]
    [InlineData("?", "If-None-Exist")]
    [InlineData("nonsense=1", "nonsense")]
    [InlineData("identifier=1&nonsense=1", "nonsense")]
    [InlineData("identifier=", "identifier")]
    [InlineData("birthdate=yesterday", "yesterday")]
    [InlineData("identifier=1&_sort=birthdate", "_sort")]
    [InlineData("identifier=1&_count=1", "_count")]
    [InlineData("identifier=1&_include=Patient:link", "_include")]
    [InlineData("identifier=1&_format=json", "_format")]
    [InlineData("_total=accurate", "_total")]
    [InlineData("organization.name=x", "organization.name")]
    [InlineData("_has:Observation:patient:code=1", "_has")]
    [InlineData("birthdate=ap1980", "ap")]
    public async Task Other_queries_are_refused_with_their_place(string query, string place)
    {
        var head = await server.HeadAsync();
        (await fhir.PostAsync(Samples.Patient(), ("If-None-Exist", query), ("Prefer", "handling=lenient"))).Refused(400, place);
        if (query.Length > 1)
        {
            var refused = await fhir.BundleAsync(Samples.Bundle("transaction", UnlessThere(Samples.Patient(), query)));
            refused.Refused(400, place);
            Assert.Contains("Bundle.entry[0].request.ifNoneExist", refused.Problems, StringComparison.Ordinal);
        }

        Assert.Equal(head, await server.HeadAsync());
    }

    [Fact]
    public async Task Two_headers_and_too_many_values_are_refused()
    {
        const string Body = """{"resourceType":"Patient"}""";
        var twice = await RawHttp.SendAsync(
            server.Address,
            $"POST /fhir/Patient HTTP/1.1\r\nHost: {server.Address.Authority}\r\nConnection: close\r\nContent-Type: application/fhir+json\r\nContent-Length: {Body.Length}\r\n"
            + $"If-None-Exist: identifier=1\r\nIf-None-Exist: identifier=2\r\n\r\n{Body}");
        Assert.Equal(400, twice.Status);
        Assert.Contains("2 If-None-Exist headers", twice.Body, StringComparison.Ordinal);
        (await fhir.PostAsync(Samples.Patient(), ("If-None-Exist", $"identifier={string.Join(',', Enumerable.Range(0, 101))}"))).Refused(422, "100 values");
    }

    [Fact]
    public async Task A_transaction_refers_to_what_was_there_and_to_what_is_new()
    {
        await fhir.StoreAsync(Identified("known", id: "known"));
        var bundle = Samples.Bundle(
            "transaction",
            UnlessThere(Identified("known"), "identifier=http://mrn|known", "urn:uuid:aaaaaaaa-0000-4000-8000-000000000001"),
            UnlessThere(Identified("new"), "identifier=http://mrn|new", "urn:uuid:aaaaaaaa-0000-4000-8000-000000000002"),
            Samples.Entry("POST", "Observation", Samples.Observation(subject: "urn:uuid:aaaaaaaa-0000-4000-8000-000000000001")),
            Samples.Entry("POST", "Observation", Samples.Observation(subject: "urn:uuid:aaaaaaaa-0000-4000-8000-000000000002")));

        var first = await fhir.BundleAsync(bundle);
        Assert.Equal(["200 OK", "201 Created", "201 Created", "201 Created"], Statuses(first));
        Assert.Equal("Patient/known", await SubjectAsync(first, 2));
        Assert.Equal("Patient/known/_history/1", (string?)first.Json["entry"]![0]!["response"]!["location"]);
        Assert.Equal("W/\"1\"", (string?)first.Json["entry"]![0]!["response"]!["etag"]);
        var made = Place(first, 1);
        Assert.Equal(made, await SubjectAsync(first, 3));

        var second = await fhir.BundleAsync(bundle, ("Prefer", "return=representation"));
        Assert.Equal(["200 OK", "200 OK", "201 Created", "201 Created"], Statuses(second));
        Assert.Equal(made, Place(second, 1));
        Assert.Equal(made, await SubjectAsync(second, 3));
        Assert.Equal("Meier", (string?)second.Json["entry"]![1]!["resource"]!["name"]![0]!["family"]);
    }

    [Fact]
    public async Task Entries_of_a_transaction_with_one_condition_mean_one_resource()
    {
        var answer = await fhir.BundleAsync(Samples.Bundle(
            "transaction",
            Samples.Entry("POST", "Observation", Samples.Observation(subject: "urn:uuid:aaaaaaaa-0000-4000-8000-000000000004")),
            UnlessThere(Identified("pair"), "identifier=pair", "urn:uuid:aaaaaaaa-0000-4000-8000-000000000003"),
            UnlessThere(Identified("pair"), "identifier=pair", "urn:uuid:aaaaaaaa-0000-4000-8000-000000000004")));
        Assert.Equal(["201 Created", "201 Created", "200 OK"], Statuses(answer));
        Assert.Equal(Place(answer, 1), Place(answer, 2));
        Assert.Equal(Place(answer, 1), await SubjectAsync(answer, 0));
        Assert.Single(await fhir.IdsAsync("Patient?identifier=pair"));
    }

    [Fact]
    public async Task A_transaction_that_also_writes_what_it_found_fails()
    {
        await fhir.StoreAsync(Identified("overlap", id: "overlap"));
        var answer = await fhir.BundleAsync(Samples.Bundle("transaction", UnlessThere(Identified("overlap"), "identifier=overlap"), Samples.Entry("DELETE", "Patient/overlap")));
        answer.Refused(400, "Bundle.entry[1]");
        Assert.Equal(200, (await fhir.GetAsync("Patient/overlap")).Status);
    }

    [Fact]
    public async Task A_transaction_that_fails_leaves_nothing_of_its_conditional_creates()
    {
        var head = await server.HeadAsync();
        var wrong = Samples.Entry("PUT", "Patient/none", Samples.Patient("none"));
        wrong["request"]!["ifMatch"] = "W/\"7\"";
        (await fhir.BundleAsync(Samples.Bundle("transaction", UnlessThere(Identified("half"), "identifier=half"), wrong))).Refused(412);
        Assert.Equal(head, await server.HeadAsync());
    }

    [Fact]
    public async Task A_transaction_takes_a_thousand_conditions()
    {
        Task<Answer> PostAsync(string name, int count) => fhir.BundleAsync(
            Samples.Bundle("transaction", [.. Enumerable.Range(0, count).Select(i => UnlessThere(Identified($"{name}-{i}"), $"identifier=http://mrn|{name}-{i}"))]));
        (await PostAsync("too-many", 1001)).Refused(422, "1000 are taken");
        Assert.All(Statuses(await PostAsync("thousand", 1000)), s => Assert.Equal("201 Created", s));
        Assert.All(Statuses(await PostAsync("thousand", 1000)), s => Assert.Equal("200 OK", s));
    }

    [Fact]
    public async Task Entries_of_a_batch_with_one_condition_create_once()
    {
        var entries = Enumerable.Range(0, 40).Select(i => UnlessThere(Identified($"batch-{i % 4}"), $"identifier=batch-{i % 4}")).ToArray();
        var answer = await fhir.BundleAsync(Samples.Bundle("batch", entries));
        Assert.Equal(4, Statuses(answer).Count(s => s == "201 Created"));
        Assert.Equal(36, Statuses(answer).Count(s => s == "200 OK"));
        Assert.Equal(4, answer.Entries.Select((_, i) => Place(answer, i)).Distinct().Count());
    }

    [Fact]
    public async Task The_condition_belongs_to_creates()
    {
        var entry = Samples.Entry("PUT", "Patient/wrong", Samples.Patient("wrong"));
        entry["request"]!["ifNoneExist"] = "identifier=1";
        (await fhir.BundleAsync(Samples.Bundle("transaction", entry))).Refused(400, "Bundle.entry[0].request.ifNoneExist");
    }

    internal static JsonObject Identified(string value, string family = "Meier", string? id = null, string birthDate = "1980-05-17")
    {
        var patient = Samples.Patient(id, family, birthDate: birthDate);
        patient["identifier"] = new JsonArray(new JsonObject { ["system"] = "http://mrn", ["value"] = value });
        return patient;
    }

    internal static JsonObject UnlessThere(JsonObject resource, string query, string? fullUrl = null)
    {
        var entry = Samples.Entry("POST", (string)resource["resourceType"]!, resource, fullUrl);
        entry["request"]!["ifNoneExist"] = query;
        return entry;
    }

    internal static List<string> Statuses(Answer answer)
    {
        Assert.True(answer.Status == 200, answer.ToString());
        return [.. answer.Entries.Select(e => (string)e["response"]!["status"]!)];
    }

    private static string Place(Answer answer, int entry) => string.Join('/', ((string)answer.Json["entry"]![entry]!["response"]!["location"]!).Split('/')[..2]);

    private async Task<string?> SubjectAsync(Answer answer, int entry) => (string?)(await fhir.GetAsync(Place(answer, entry))).Json["subject"]!["reference"];
}
