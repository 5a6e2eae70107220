using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;
using Salus.TestSupport;

namespace Salus.Records.Tests.Import;

/// <summary>What a client of <c>$import</c> does.</summary>
internal static class BulkImport
{
    public static readonly (string, string) Preference = ("Prefer", "respond-async");

    /// <summary>The JSON object of the bulk import practice.</summary>
    public static JsonObject Manifest(params (string Type, string Url)[] inputs) => new()
    {
        ["inputFormat"] = "application/fhir+ndjson",
        ["inputSource"] = "https://bulk.example.org",
        ["storageDetail"] = new JsonObject { ["type"] = "https" },
        ["input"] = new JsonArray([.. inputs.Select(i => new JsonObject { ["type"] = i.Type, ["url"] = i.Url })]),
    };

    public static Task<Answer> AskAsync(FhirClient fhir, JsonNode body, params (string, string)[] headers) =>
        fhir.SendAsync(HttpMethod.Post, "$import", new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json")), headers);

    public static async Task<string> BeginAsync(FhirClient fhir, params (string Type, string Url)[] inputs)
    {
        var answer = await AskAsync(fhir, Manifest(inputs), Preference);
        Assert.True(answer.Status == 202, answer.ToString());
        return answer.ContentHeaders.ContentLocation!.ToString();
    }

    /// <summary>Waits for the end and gives the manifest.</summary>
    public static async Task<JsonNode> EndAsync(FhirClient fhir, string location, int seconds = 90)
    {
        Answer? answer = null;
        await Eventually.TrueAsync(
            async () =>
            {
                answer = await fhir.GetAsync(location);
                if (answer.Status == 202)
                {
                    Assert.Matches(@"^\d+ of \d+ inputs, \d+ resources, \d+ rejected, \d+ bytes$", string.Join("", answer.Headers.GetValues("X-Progress")));
                    Assert.NotNull(answer.Headers.RetryAfter);
                }

                return answer.Status != 202;
            },
            seconds, () => answer!.ToString());
        Assert.True(answer!.Status == 200, answer.ToString());
        Assert.NotNull(answer.ContentHeaders.Expires);
        return answer.Json;
    }

    public static async Task<JsonNode> RunAsync(FhirClient fhir, params (string Type, string Url)[] inputs) => await EndAsync(fhir, await BeginAsync(fhir, inputs));

    /// <summary>The OperationOutcomes of an input.</summary>
    public static async Task<List<JsonNode>> ErrorsAsync(FhirClient fhir, JsonNode manifest, string inputUrl)
    {
        var file = manifest["error"]!.AsArray().Single(e => (string)e!["inputUrl"]! == inputUrl)!;
        var lines = (await fhir.SearchAsync((string)file["url"]!)).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((int)file["count"]!, lines.Length);
        return [.. lines.Select(l => JsonNode.Parse(l)!["issue"]![0]!)];
    }

    /// <summary>What of each input was stored, with commas between.</summary>
    public static string Counts(JsonNode manifest) => string.Join(',', manifest["output"]!.AsArray().Select(o => (int)o!["count"]!));

    public static byte[] Lines(IEnumerable<JsonNode> resources) => Encoding.UTF8.GetBytes(string.Concat(resources.Select(r => r.ToJsonString() + "\n")));

    /// <summary>Patients with an id, and every third without.</summary>
    public static byte[] Patients(string name, int count) => Lines(Enumerable.Range(0, count).Select(i => Samples.Patient(i % 3 == 2 ? null : $"{name}-{i}", name, $"Given{i}")));

    public static async Task<int> CountAsync(FhirClient fhir, string search) => (int)(await fhir.SearchAsync($"{search}&_summary=count")).Json["total"]!;
}
