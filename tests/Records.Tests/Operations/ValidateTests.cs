using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Operations;

public sealed class ValidateTests(RecordServer server) : IClassFixture<RecordServer>
{
    private const string Wrong = """{"resourceType":"Patient","birthDate":"yesterday","nonsense":1}""";
    private readonly FhirClient fhir = server.Fhir;

    [Theory]
    [InlineData(Wrong)]
    [InlineData($$"""{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{{Wrong}}},{"name":"mode","valueCode":"create"}]}""")]
    public async Task What_is_wrong_is_an_answer_not_an_error_and_nothing_is_stored(string body)
    {
        var head = await server.HeadAsync();
        var issues = await IssuesAsync("Patient/$validate", body);
        Assert.Equal(["error Patient.birthDate", "error Patient.nonsense"], issues);
        Assert.Equal(head, await server.HeadAsync());
    }

    [Fact]
    public async Task Modes_tell_whether_it_would_be_done()
    {
        await fhir.StoreAsync(Samples.Patient("v"));
        Assert.Equal([], await IssuesAsync("Patient/$validate?mode=create", Samples.Patient().ToJsonString()));
        Assert.Equal([], await IssuesAsync("Patient/v/$validate?mode=update", Samples.Patient("v").ToJsonString()));
        Assert.Equal(["error Patient.id"], await IssuesAsync("Patient/v/$validate?mode=update", Samples.Patient("w").ToJsonString()));
        Assert.Equal(["error Patient.id"], await IssuesAsync("Patient/$validate?mode=update", Samples.Patient().ToJsonString()));
        Assert.Equal(["error mode"], await IssuesAsync("Patient/v/$validate?mode=create", Samples.Patient().ToJsonString()));
        Assert.Equal(["error Observation"], await IssuesAsync("Patient/$validate", Samples.Observation().ToJsonString()));
        Assert.Equal([], await IssuesAsync("Patient/v/$validate?mode=delete", null));
        Assert.Equal([], Issues(await fhir.GetAsync("Patient/v/$validate?mode=profile&profile=http://hl7.org/fhir/StructureDefinition/Patient")));
        (await fhir.SendAsync(HttpMethod.Post, "Patient/nobody/$validate?mode=delete", null)).Refused(404);
    }

    [Fact]
    public async Task Other_questions_are_refused()
    {
        (await fhir.SendAsync(HttpMethod.Post, "Patient/$validate?mode=nonsense", FhirClient.Json(Samples.Patient().ToJsonString()))).Refused(400, "mode");
        (await fhir.SendAsync(HttpMethod.Post, "Patient/$validate?profile=http://nobody", FhirClient.Json(Samples.Patient().ToJsonString()))).Refused(400, "http://nobody");
        (await fhir.SendAsync(HttpMethod.Post, "Patient/$validate?mode=delete", null)).Refused(400, "mode");
        (await fhir.SendAsync(HttpMethod.Post, "Patient/$validate", null)).Refused(400, "resource");
        (await fhir.SendAsync(HttpMethod.Post, "Patient/$validate", FhirClient.Json("{"))).Refused(400);
    }

    private async Task<List<string>> IssuesAsync(string path, string? body) => Issues(await fhir.SendAsync(HttpMethod.Post, path, body is null ? null : FhirClient.Json(body)));

    private static List<string> Issues(Answer answer)
    {
        Assert.True(answer.Status == 200, answer.ToString());
        // Nothing wrong is an information; and who has no narrative gets a warning.
        return [.. answer.Json["issue"]!.AsArray().Where(i => (string?)i!["severity"] != "information" && !((string?)i["diagnostics"] ?? "").Contains("dom-6", StringComparison.Ordinal)).Select(i => $"{i!["severity"]} {i["expression"]?[0]}").Order()];
    }
}
