using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Validation;

/// <summary>$validate with all that is checked: invariants, profiles, codes.</summary>
public sealed class ValidateOperationTests(PolicyTests.Server server) : IClassFixture<PolicyTests.Server>
{
    private readonly FhirClient fhir = server.Fhir;

    [Theory]
    [InlineData("Patient/$validate", "", "warning Patient")]
    [InlineData("Patient/$validate?profile=" + TestPackage.Profile, "", "error Patient.name\nwarning Patient")]
    [InlineData("Patient/$validate?profile=" + TestPackage.Profile + "|1.0&mode=create", "", "error Patient.name\nwarning Patient")]
    [InlineData("Patient/$validate", "\"contact\":[{\"gender\":\"male\"}]", "error Patient.contact[0]\nwarning Patient")]
    [InlineData("Patient/$validate", "\"meta\":{\"profile\":[\"" + TestPackage.Profile + "\"]}", "error Patient.name\nwarning Patient")]
    [InlineData("Patient/$validate", "\"meta\":{\"profile\":[\"http://example.org/none\"]}", "warning Patient\nwarning Patient.meta.profile")]
    public async Task Every_severity_is_told_with_its_place(string path, string more, string expected)
    {
        var patient = Samples.Patient("v").ToJsonString()[..^1] + (more.Length > 0 ? "," : "") + more + "}";
        Assert.Equal(expected, await IssuesAsync(path, patient));
        var parameters = $$"""{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{{patient}}}]}""";
        Assert.Equal(expected, await IssuesAsync(path, parameters));
    }

    [Fact]
    public async Task What_is_stored_can_be_validated_against_a_profile()
    {
        await fhir.StoreAsync(Samples.Patient("stored"));
        var answer = await fhir.GetAsync($"Patient/stored/$validate?mode=profile&profile={TestPackage.Profile}");
        Assert.Equal("error Patient.name\nwarning Patient", Issues(answer));
        Assert.Contains("Named patient", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_profile_that_is_not_loaded_is_named()
    {
        var answer = await fhir.SendAsync(HttpMethod.Post, "Patient/$validate?profile=http://example.org/none", FhirClient.Json(Samples.Patient().ToJsonString()));
        answer.Refused(400, "http://example.org/none");
    }

    [Fact]
    public async Task A_value_set_that_is_stored_here_decides_about_codes()
    {
        var observation = Samples.Observation();
        observation["meta"] = new JsonObject { ["profile"] = new JsonArray(TestPackage.Coded) };
        Assert.Contains("information Observation.method", await IssuesAsync("Observation/$validate", WithMethod(observation, "a")), StringComparison.Ordinal);
        Assert.Equal(201, (await fhir.PostAsync(JsonNode.Parse(WithMethod(observation, "b"))!)).Status);
        await fhir.StoreAsync(Samples.Resource(
            """
            {"resourceType":"ValueSet","id":"methods","url":"http://example.org/ValueSet/methods","status":"active",
             "compose":{"include":[{"system":"http://example.org/methods","concept":[{"code":"a"}]}]}}
            """));
        Assert.DoesNotContain("Observation.method", await IssuesAsync("Observation/$validate", WithMethod(observation, "a")), StringComparison.Ordinal);
        Assert.Contains("error Observation.method", await IssuesAsync("Observation/$validate", WithMethod(observation, "b")), StringComparison.Ordinal);

        Assert.Equal(201, (await fhir.PostAsync(JsonNode.Parse(WithMethod(observation, "a"))!)).Status);
        (await fhir.PostAsync(JsonNode.Parse(WithMethod(observation, "b"))!)).Refused(400, "http://example.org/ValueSet/methods");
    }

    private static string WithMethod(JsonObject observation, string code)
    {
        var copy = observation.DeepClone().AsObject();
        copy["method"] = new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["system"] = "http://example.org/methods", ["code"] = code }) };
        return copy.ToJsonString();
    }

    private async Task<string> IssuesAsync(string path, string body) => Issues(await fhir.SendAsync(HttpMethod.Post, path, FhirClient.Json(body)));

    private static string Issues(Answer answer)
    {
        Assert.True(answer.Status == 200, answer.ToString());
        return string.Join('\n', answer.Json["issue"]!.AsArray().Select(i => $"{i!["severity"]} {i["expression"]?[0]}").Order(StringComparer.Ordinal));
    }
}
