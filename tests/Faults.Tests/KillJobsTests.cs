using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Salus.Faults.Tests.Support;

namespace Salus.Faults.Tests;

/// <summary>Kill -9 of Salus in the middle of an export and of an import: both go on where they were.</summary>
public sealed class KillJobsTests : IDisposable
{
    private const int Resources = 24_000;
    private static readonly string[] Later = ["respond-async"];
    private readonly TestFolder folder = new();
    private readonly int port = FreePort.Find();

    private string Data => folder["data"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task In_the_middle_of_an_import_and_of_an_export()
    {
        Directory.CreateDirectory(folder["objects/incoming/1"]);
        await File.WriteAllLinesAsync(folder["objects/incoming/1/o.ndjson"], Enumerable.Range(0, Resources).Select(Observation));
        using var fhir = new FhirClient(FreePort.Address(port));
        var salus = await StartAsync();
        try
        {
            var import = await BeginAsync(fhir, HttpMethod.Post, "$import", """{"input":[{"type":"Observation","url":"objects:o.ndjson"}]}""");
            for (var round = 1; round <= 2; round++)
            {
                await BeyondAsync(fhir, import, "select coalesce(max(count), 0) from records.job", Resources / 4 * round);
                salus = await AgainAsync(salus);
            }

            var imported = await EndAsync(fhir, import);
            Assert.Equal((Resources, 0), ((int)imported["output"]![0]!["count"]!, imported["error"]!.AsArray().Count));
            // Those without id, too: an id is made of job and line.
            Assert.Equal(Resources, await fhir.CountAsync("Observation"));

            var whole = await FilesAsync(fhir, await EndAsync(fhir, await BeginAsync(fhir, HttpMethod.Get, "$export?_type=Observation", null)));
            var export = await BeginAsync(fhir, HttpMethod.Get, "$export?_type=Observation", null);
            await BeyondAsync(fhir, export, "select coalesce(max(part), 0) from records.job where state = 'running'", 3);
            salus = await AgainAsync(salus);
            var cut = await FilesAsync(fhir, await EndAsync(fhir, export));
            Assert.True(whole.Count > 10, $"{whole.Count} files");
            Assert.Equal(whole, cut);
        }
        finally
        {
            salus.Dispose();
        }
    }

    // Every other one without id.
    private static string Observation(int i) =>
        $$$"""{"resourceType":"Observation",{{{(i % 2 == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"\"id\":\"o{i}\","))}}}"status":"final","code":{"text":"{{{i}}}"},"subject":{"reference":"Patient/p"}}""";

    private Task<SalusProcess> StartAsync() => SalusProcess.ReadyAsync(Data, port, ("Salus__Objects", folder["objects"]), ("Salus__Records__ExportFileBytes", "20000"), ("Salus__Records__BulkValidation", "Structural"));

    private async Task<SalusProcess> AgainAsync(SalusProcess salus)
    {
        await salus.KillAsync();
        salus.Dispose();
        return await StartAsync();
    }

    private async Task BeyondAsync(FhirClient fhir, string location, string sql, int number)
    {
        var cluster = new Cluster(Data);
        await Eventually.TrueAsync(async () => await cluster.NumberAsync(sql) >= number, 180);
        // Still in the middle of it.
        Assert.Equal(202, (await fhir.GetAsync(location)).Status);
    }

    private static async Task<string> BeginAsync(FhirClient fhir, HttpMethod method, string path, string? body)
    {
        using var http = new HttpClient(new SocketsHttpHandler());
        using var request = new HttpRequestMessage(method, new Uri(fhir.Server, "/fhir/" + path)) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Prefer", Later);
        using var answer = await http.SendAsync(request);
        Assert.True((int)answer.StatusCode == 202, await answer.Content.ReadAsStringAsync());
        return $"_async/{answer.Content.Headers.ContentLocation!.ToString().Split('/')[^1]}";
    }

    private static async Task<JsonNode> EndAsync(FhirClient fhir, string location)
    {
        Answer? answer = null;
        await Eventually.TrueAsync(async () => (answer = await fhir.GetAsync(location)).Status != 202, 120);
        Assert.True(answer!.Status == 200, answer.ToString());
        return answer.Json;
    }

    // Name and content of every file.
    private static async Task<List<(string, string)>> FilesAsync(FhirClient fhir, JsonNode manifest)
    {
        var files = new List<(string, string)>();
        foreach (var output in manifest["output"]!.AsArray())
        {
            var name = string.Join('/', ((string)output!["url"]!).Split('/')[^2..]);
            files.Add((name.Split('/')[1], (await fhir.GetAsync($"_async/{name}")).Text));
        }

        return files;
    }
}
