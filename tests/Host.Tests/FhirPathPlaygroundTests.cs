using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Salus.TestSupport;

namespace Salus.Host.Tests;

/// <summary><c>POST /admin/fhirpath</c>, on a running Salus.</summary>
public sealed class FhirPathPlaygroundTests : IAsyncLifetime, IDisposable
{
    private const string Patient = """{"resourceType":"Patient","name":[{"given":["Ada","Beda"],"family":"Meier"}],"extension":[{"url":"u","valueDecimal":1.50}]}""";
    private readonly TestFolder folder = new();
    private SalusProcess salus = null!;

    public async Task InitializeAsync() => salus = await SalusProcess.ReadyAsync(folder["data"]);

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        salus.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task It_gives_items_with_types_and_places_and_errors_with_positions()
    {
        var given = await AskAsync("name.given", Patient);
        Assert.Equal(("Patient", 2), ((string)given["resourceType"]!, (int)given["total"]!));
        Assert.Equal(["Ada", "Beda"], given["items"]!.AsArray().Select(i => (string)i!["text"]!));
        Assert.All(given["items"]!.AsArray(), i => Assert.Equal("string", (string)i!["type"]!));
        Assert.Equal("Patient.name[0].given[1]", (string)given["items"]![1]!["path"]!);

        var count = (await AskAsync("name.given.count()", Patient))["items"]![0]!;
        Assert.Equal(("System.Integer", "2"), ((string)count["type"]!, (string)count["text"]!));
        Assert.Null(count["path"]);
        Assert.Contains("\n", (string)(await AskAsync("name", Patient))["items"]![0]!["text"]!, StringComparison.Ordinal);
        Assert.Equal("1.50", (string)(await AskAsync("extension.value", Patient))["items"]![0]!["text"]!);
        Assert.Equal("true", (string)(await AskAsync("1 'g' = 1000 'mg'", ""))["items"]![0]!["text"]!);
        Assert.Equal("Ada", (string)(await AskAsync("name.given", "<Patient xmlns=\"http://hl7.org/fhir\"><name><given value=\"Ada\"/></name></Patient>"))["items"]![0]!["text"]!);

        Assert.Equal(("semantic", 5), Error(await AskAsync("name.givem", Patient)));
        Assert.Equal(("syntax", 6), Error(await AskAsync("name. ", Patient)));
        Assert.Equal("execution", Error(await AskAsync("name.given.single()", Patient)).Stage);
        const string Eight = "(1 | 2 | 3 | 4 | 5 | 6 | 7 | 8)";
        var millions = Enumerable.Range(0, 6).Aggregate(Eight, (inner, _) => $"{Eight}.select({inner})");
        Assert.Equal("too-costly", Error(await AskAsync(millions, Patient)).Stage);
        Assert.Equal("resource", Error(await AskAsync("name", "{\"resourceType\":\"Pacient\"}")).Stage);
        Assert.Equal("resource", Error(await AskAsync("name", "<Patient/>")).Stage);
    }

    [Theory]
    [InlineData("Patient.gender.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender')", "true")]
    [InlineData("Patient.gender.memberOf(%`vs-administrative-gender`)", "true")]
    [InlineData("Patient.gender.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1')", "true")]
    [InlineData("Patient.gender.memberOf('http://hl7.org/fhir/ValueSet/contact-point-use')", "false")]
    [InlineData("Patient.maritalStatus.coding.where(memberOf('http://hl7.org/fhir/ValueSet/marital-status')).code", "M")]
    [InlineData("iif(Patient.gender.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender'), Patient.maritalStatus.memberOf(%`vs-marital-status`), 1)", "true")]
    [InlineData("Patient.maritalStatus.coding.all(memberOf('http://hl7.org/fhir/ValueSet/administrative-gender'))", "false")]
    [InlineData("Patient.gender.memberOf('http://example.org/nowhere')", null)]
    [InlineData("Patient.gender.memberOf('')", null)]
    public async Task Value_sets_are_asked_of_the_terminology_of_this_server(string expression, string? expected)
    {
        var answer = await AskAsync(expression, """{"resourceType":"Patient","gender":"female","maritalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M"}]}}""");
        if (expected is null)
        {
            Assert.Contains("is not known", (string?)answer["error"]!["message"], StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(expected, (string)answer["items"]![0]!["text"]!);
        }
    }

    [Fact]
    public async Task What_is_no_question_or_too_long_is_refused()
    {
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await SendAsync(new StringContent("name", Encoding.UTF8, "text/plain"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(new StringContent("{\"expression\":", Encoding.UTF8, "application/json"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(new StringContent("{\"expression\":1}", Encoding.UTF8, "application/json"))).Status);
        // Refused by its length, before any of it is sent: a client that is still sending would see a broken connection.
        var (status, _, body) = await RawHttp.SendAsync(
            salus.Address, $"POST /admin/fhirpath HTTP/1.1\r\nHost: {salus.Address.Authority}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 9000000\r\n\r\n");
        Assert.Equal((413, "OperationOutcome"), (status, (string?)JsonNode.Parse(body)!["resourceType"]));
        var cut = await AskAsync("name.given", $$"""{"resourceType":"Patient","name":[{"given":[{{string.Join(',', Enumerable.Range(0, 500).Select(i => $"\"n{i}\""))}},"{{new string('x', 30_000)}}"]}]}""");
        Assert.Equal((501, 200), ((int)cut["total"]!, cut["items"]!.AsArray().Count));
        var text = (await AskAsync("name.given.last()", $$"""{"resourceType":"Patient","name":[{"given":["{{new string('x', 30_000)}}"]}]}"""))["items"]![0]!;
        Assert.Equal((20_000, true), (((string)text["text"]!).Length, (bool)text["shortened"]!));
    }

    private static (string Stage, int? Position) Error(JsonNode answer) => ((string)answer["error"]!["stage"]!, (int?)answer["error"]!["position"]);

    private async Task<JsonNode> AskAsync(string expression, string resource)
    {
        var (status, body) = await SendAsync(Json(expression, resource));
        Assert.True(status == HttpStatusCode.OK, body);
        return JsonNode.Parse(body)!;
    }

    private static StringContent Json(string expression, string resource) => new(JsonSerializer.Serialize(new { expression, resource }), Encoding.UTF8, "application/json");

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpContent content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/fhirpath") { Content = content };
        using var response = await salus.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
