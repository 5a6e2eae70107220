using System.Globalization;
using System.Text.Json.Nodes;
using Salus.Kernel;
using Salus.Records.Tests.Support;
using Salus.TestSupport;

namespace Salus.Records.Tests.Export;

/// <summary>Bulk export over HTTP: the request, its progress, its manifest, its files.</summary>
public sealed class ExportTests(ExportServer server) : IClassFixture<ExportServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task The_whole_record_is_in_the_files_byte_for_byte_and_once()
    {
        await StoreAsync("whole", 120);
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        var (manifest, lines) = await ExportAsync("$export", "_type", "Patient,Observation");
        foreach (var type in new[] { "Patient", "Observation" })
        {
            foreach (var id in await fhir.IdsAsync($"{type}?_count=500"))
            {
                all.Add($"{type}/{id}", (await fhir.GetAsync($"{type}/{id}")).Text);
            }
        }

        Assert.Equal(all.Values.Order(StringComparer.Ordinal), lines.Order(StringComparer.Ordinal));
        Assert.Equal(all.Count, manifest["output"]!.AsArray().Sum(o => (int)o!["count"]!));
        // Several files of a type, none much larger than it may be.
        Assert.True(manifest["output"]!.AsArray().Count(o => (string?)o!["type"] == "Observation") > 1, manifest.ToJsonString());
        Assert.Equal((false, $"{fhir.Base}$export?_type=Patient%2CObservation", 0, 0), ((bool)manifest["requiresAccessToken"]!, (string)manifest["request"]!, manifest["deleted"]!.AsArray().Count, manifest["error"]!.AsArray().Count));
    }

    [Fact]
    public async Task One_that_cannot_go_on_holds_up_no_other_and_goes_on_when_it_can()
    {
        await fhir.StoreAsync(Samples.Patient("stuck"));
        await ExecuteAsync(
            """
            create function stuck() returns trigger language plpgsql as $$ begin raise exception 'not now' using errcode = '40001'; end $$;
            create trigger stuck before update on records.job for each row when (old.url like '%stuck%') execute function stuck();
            """);
        var stuck = await BeginAsync("$export?_type=Patient&_typeFilter=Patient%3Ffamily%3Dstuck");
        await EndAsync(await BeginAsync("$export?_type=Patient"));
        Assert.Equal(202, (await fhir.GetAsync(stuck)).Status);
        await ExecuteAsync("drop trigger stuck on records.job");
        await EndAsync(stuck);
    }

    [Fact]
    public async Task It_is_the_record_at_the_moment_of_the_request_whatever_is_written_meanwhile()
    {
        await StoreAsync("frozen", 150);
        var again = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var id in await fhir.IdsAsync("Observation?code=frozen&_count=500"))
        {
            again.Add(id, (await fhir.GetAsync($"Observation/{id}")).Text);
        }

        var location = await BeginAsync("$export?_type=Observation");
        await Task.WhenAll(again.Keys.Select((id, i) => i % 2 == 0 ? fhir.DeleteAsync($"Observation/{id}") : fhir.PutAsync(Samples.Observation(id, "Patient/frozen-p", "frozen", "1"))));
        var (manifest, lines) = await EndAsync(location);
        Assert.NotNull(manifest["transactionTime"]);
        Assert.Equal(again.Values.Order(StringComparer.Ordinal), lines.Where(l => l.Contains("\"code\":\"frozen\"", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Since_gives_what_changed_and_what_was_deleted()
    {
        await fhir.StoreAsync(Samples.Patient("since-old"));
        await fhir.StoreAsync(Samples.Patient("since-changed"));
        await fhir.StoreAsync(Samples.Patient("since-gone"));
        await fhir.StoreAsync(Samples.Patient("since-back"));
        var since = (string)(await fhir.GetAsync("Patient/since-back")).Json["meta"]!["lastUpdated"]!;
        await fhir.StoreAsync(Samples.Patient("since-changed", "Changed"));
        await fhir.DeleteAsync("Patient/since-gone");
        await fhir.DeleteAsync("Patient/since-back");
        await fhir.StoreAsync(Samples.Patient("since-back", "Back"));
        var (manifest, _) = await ExportAsync("$export", "_type", "Patient", "_since", since);
        var output = await LinesAsync(manifest["output"]!);
        Assert.Equal(["since-back", "since-changed"], output.Select(l => (string)JsonNode.Parse(l)!["id"]!).Where(i => i.StartsWith("since-", StringComparison.Ordinal)).Order());
        var deleted = (await LinesAsync(manifest["deleted"]!)).Select(l => JsonNode.Parse(l)!).Where(b => b.ToJsonString().Contains("since-", StringComparison.Ordinal)).ToList();
        var request = Assert.Single(Assert.Single(deleted)["entry"]!.AsArray())!["request"]!;
        Assert.Equal(("transaction", "DELETE", "Patient/since-gone"), ((string)deleted[0]["type"]!, (string)request["method"]!, (string)request["url"]!));
    }

    [Fact]
    public async Task Filters_of_a_type_are_joined_by_or_and_leave_other_types_alone()
    {
        await StoreAsync("filter", 3);
        var (_, lines) = await ExportAsync("$export", "_type", "Observation,Patient", "_typeFilter", "Observation?_id=filter-0,Observation?_id=filter-1,nobody", "_typeFilter", "Patient?_id=filter-p");
        Assert.Equal(["filter-0", "filter-1", "filter-p"], lines.Select(l => (string)JsonNode.Parse(l)!["id"]!).Order());
    }

    [Fact]
    public async Task Patients_and_groups_have_their_compartments()
    {
        await StoreAsync("ga", 2);
        await StoreAsync("gb", 2);
        await fhir.StoreAsync(Samples.Observation("g-other", "Group/g"));
        await fhir.StoreAsync(Samples.Resource("""{"resourceType":"Practitioner","id":"g-doctor"}"""));
        await fhir.StoreAsync(Samples.Resource("""{"resourceType":"Group","id":"g","type":"person","actual":true,"member":[{"entity":{"reference":"Patient/ga-p"}},{"entity":{"reference":"Patient/gb-p"},"inactive":true}]}"""));
        var (_, patients) = await ExportAsync("Patient/$export");
        Assert.Contains(patients, l => l.Contains("\"ga-0\"", StringComparison.Ordinal));
        Assert.Contains(patients, l => l.Contains("\"gb-1\"", StringComparison.Ordinal));
        Assert.DoesNotContain(patients, l => l.Contains("\"g-other\"", StringComparison.Ordinal) || l.Contains("g-doctor", StringComparison.Ordinal));
        var (manifest, group) = await ExportAsync("Group/g/$export");
        Assert.Equal(["Group/g", "Observation/ga-0", "Observation/ga-1", "Patient/ga-p"], group.Select(l => JsonNode.Parse(l)!).Select(r => $"{r["resourceType"]}/{r["id"]}").Order(StringComparer.Ordinal));
        Assert.StartsWith($"{fhir.Base}Group/g/$export", (string)manifest["request"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_that_is_cancelled_is_gone_with_its_files()
    {
        await StoreAsync("cancel", 30);
        var location = await BeginAsync("$export");
        var (manifest, _) = await EndAsync(location);
        var file = (string)manifest["output"]![0]!["url"]!;
        Assert.Equal(200, (await fhir.GetAsync(file)).Status);
        Assert.Equal(202, (await fhir.DeleteAsync(location)).Status);
        (await fhir.GetAsync(location)).Refused(404);
        (await fhir.GetAsync(file)).Refused(404);
        (await fhir.DeleteAsync(location)).Refused(404);
        await NoFilesAsync(location);

        // In the middle of its work, too.
        location = await BeginAsync("$export");
        Assert.Equal(202, (await fhir.DeleteAsync(location)).Status);
        (await fhir.GetAsync(location)).Refused(404);
        await NoFilesAsync(location);
    }

    [Fact]
    public async Task Links_and_files_expire()
    {
        await StoreAsync("expire", 5);
        var location = await BeginAsync("$export?_type=Patient");
        var (manifest, _) = await EndAsync(location);
        var done = await fhir.GetAsync(location);
        Assert.NotNull(done.ContentHeaders.Expires);
        Assert.Equal("application/json", done.ContentHeaders.ContentType!.MediaType);
        await server.ScalarAsync<string>($"update records.job set expires_at = created_at where id = '{Id(location)}' returning id");
        (await fhir.GetAsync(location)).Refused(404, "expired");
        (await fhir.GetAsync((string)manifest["output"]![0]!["url"]!)).Refused(404);
        await NoFilesAsync(location);
    }

    [Fact]
    public async Task Files_are_ndjson_of_a_known_length_for_whoever_accepts_that()
    {
        await StoreAsync("form", 3);
        var (manifest, _) = await ExportAsync("$export", "_type", "Patient", "_outputFormat", "application/fhir+ndjson");
        var url = (string)manifest["output"]![0]!["url"]!;
        var file = await fhir.GetAsync(url, ("Accept", "application/fhir+ndjson"));
        Assert.Equal((200, "application/fhir+ndjson"), (file.Status, file.ContentHeaders.ContentType!.MediaType));
        Assert.Equal(file.Body.Length, file.ContentHeaders.ContentLength);
        Assert.EndsWith("}\n", file.Text, StringComparison.Ordinal);
        var head = await fhir.SendAsync(HttpMethod.Head, url, null);
        Assert.Equal((200, 0, (long?)file.Body.Length), (head.Status, head.Body.Length, head.ContentHeaders.ContentLength));
    }

    [Theory]
    [InlineData("$export?_type=Nonsense", "Nonsense")]
    [InlineData("$export?_since=yesterday", "_since")]
    [InlineData("$export?_outputFormat=csv", "_outputFormat")]
    [InlineData("$export?nonsense=1", "nonsense")]
    [InlineData("$export?_elements=id", "_elements")]
    [InlineData("$export?_typeFilter=Observation", "_typeFilter")]
    [InlineData("$export?_type=Patient&_typeFilter=Observation%3Fstatus%3Dfinal", "_typeFilter")]
    [InlineData("$export?_typeFilter=Observation%3Fnonsense%3D1", "_typeFilter")]
    [InlineData("$export?_typeFilter=Observation%3Fstatus%3Dfinal%26_sort%3Ddate", "_typeFilter")]
    [InlineData("$export?_typeFilter=Observation%3Fstatus%3Dfinal%26_count%3D5", "_typeFilter")]
    [InlineData("$export?_typeFilter=Patient%3Fname%3Dzz%26_tag:in%3Dhttp://nowhere.example.org/set", "_typeFilter")]
    [InlineData("Patient/$export?_type=Practitioner", "never")]
    public async Task What_is_not_understood_is_refused_before_anything_is_noted(string path, string place)
    {
        var jobs = await server.ScalarAsync<long>("select count(*) from records.job where kind = 'export'");
        (await fhir.GetAsync(path, ("Prefer", "respond-async"))).Refused(400, place);
        Assert.Equal(jobs, await server.ScalarAsync<long>("select count(*) from records.job where kind = 'export'"));
    }

    [Fact]
    public async Task Without_the_preference_or_on_what_is_not_there_it_is_refused()
    {
        (await fhir.GetAsync("$export")).Refused(400, "respond-async");
        (await fhir.GetAsync("Group/nobody/$export", ("Prefer", "respond-async"))).Refused(404);
        (await fhir.GetAsync("Observation/$export", ("Prefer", "respond-async"))).Refused(404, "$export");
        (await fhir.GetAsync("_async/nobody")).Refused(404);
        (await fhir.GetAsync("_async/nobody/Patient-0.ndjson")).Refused(404);
        (await fhir.DeleteAsync("_async/nobody")).Refused(404);
        var location = await BeginAsync("$export?_type=Patient");
        await EndAsync(location);
        foreach (var name in new[] { "x", "..%2F..%2Fx", "Patient-99.ndjson", ".part" })
        {
            Assert.Equal(404, (await fhir.GetAsync($"{location}/{name}")).Status);
        }
    }

    private async Task StoreAsync(string name, int observations)
    {
        var bundle = Samples.Bundle("transaction", [
            Samples.Entry("PUT", $"Patient/{name}-p", Samples.Patient($"{name}-p")),
            .. Enumerable.Range(0, observations).Select(i => Samples.Entry("PUT", $"Observation/{name}-{i}", Samples.Observation($"{name}-{i}", $"Patient/{name}-p", name, $"{i}.50")))]);
        Assert.Equal(200, (await fhir.BundleAsync(bundle)).Status);
    }

    private Task<(JsonNode Manifest, List<string> Lines)> ExportAsync(string path, params string[] query) => ExportAsync(fhir, path, query);

    internal static async Task<(JsonNode Manifest, List<string> Lines)> ExportAsync(FhirClient fhir, string path, params string[] query)
    {
        var text = string.Join('&', query.Chunk(2).Select(p => $"{p[0]}={Uri.EscapeDataString(p[1])}"));
        return await EndAsync(fhir, await BeginAsync(fhir, text.Length == 0 ? path : $"{path}?{text}"));
    }

    private async Task ExecuteAsync(string sql)
    {
#pragma warning disable CA2100 // Written in this class.
        await using var command = server.Source.CreateCommand(sql);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    private Task<string> BeginAsync(string path) => BeginAsync(fhir, path);

    internal static async Task<string> BeginAsync(FhirClient fhir, string path)
    {
        var answer = await fhir.GetAsync(path, ("Prefer", "respond-async"), ("Accept", "application/fhir+json"));
        Assert.True(answer.Status == 202, answer.ToString());
        return answer.ContentHeaders.ContentLocation!.ToString();
    }

    private Task<(JsonNode Manifest, List<string> Lines)> EndAsync(string location) => EndAsync(fhir, location);

    internal static async Task<(JsonNode Manifest, List<string> Lines)> EndAsync(FhirClient fhir, string location)
    {
        Answer? answer = null;
        await Eventually.TrueAsync(
            async () =>
            {
                answer = await fhir.GetAsync(location, ("Accept", "application/json"));
                if (answer.Status == 202)
                {
                    Assert.Contains("steps", string.Join("", answer.Headers.GetValues("X-Progress")), StringComparison.Ordinal);
                    Assert.NotNull(answer.Headers.RetryAfter);
                }

                return answer.Status != 202;
            },
            60);
        Assert.True(answer!.Status == 200, answer.ToString());
        return (answer.Json, await LinesAsync(fhir, answer.Json["output"]!));
    }

    private Task<List<string>> LinesAsync(JsonNode files) => LinesAsync(fhir, files);

    private static async Task<List<string>> LinesAsync(FhirClient fhir, JsonNode files)
    {
        var lines = new List<string>();
        foreach (var file in files.AsArray())
        {
            var text = (await fhir.SearchAsync((string)file!["url"]!)).Text;
            Assert.Equal((int)file["count"]!, text.Count(c => c == '\n'));
            lines.AddRange(text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        return lines;
    }

    private static string Id(string location) => location.Split('/')[^1];

    private Task NoFilesAsync(string location) => Eventually.TrueAsync(
        async () => !Directory.Exists(Path.Combine(server.Folder, "export", Id(location))) && await server.ScalarAsync<long>($"select count(*) from records.job where id = '{Id(location)}'") == 0);
}

/// <summary>An export goes on where it was when its server ends, on whichever server there is then.</summary>
public sealed class ExportRestartTests
{
    // Forty files: it is not done before the server ends.
    private const int Resources = 20_000;

    [Fact]
    public async Task What_was_begun_by_a_server_that_ended_is_finished_by_the_next()
    {
        await using var database = await TestDatabase.CreateAsync(new MigrationSet("records", typeof(RecordsModule).Assembly));
        using var folder = new TestFolder();
        KeyValuePair<string, string?>[] settings = [new("Salus:Objects", folder["objects"]), new("Salus:Records:ExportFileBytes", "200000")];
        string location;
        var first = await RecordServer.StartAsync(database.ConnectionString, settings);
        using (var fhir = new FhirClient(new Uri(first.Urls.First())))
        {
            var bundle = Samples.Bundle("transaction", [.. Enumerable.Range(0, Resources).Select(i => Samples.Entry("PUT", $"Observation/o{i}", Samples.Observation($"o{i}", "Patient/p")))]);
            Assert.Equal(200, (await fhir.BundleAsync(bundle)).Status);
            location = await ExportTests.BeginAsync(fhir, "$export?_type=Observation");
            await Eventually.TrueAsync(async () => await PartsAsync(database) >= 2);
        }

        await first.DisposeAsync();
        var parts = await PartsAsync(database);
        Assert.Equal("running", await ScalarAsync<string>(database, "select state from records.job"));

        // What a process that died left behind: a file that nobody noted.
        var stray = Path.Combine(folder["objects"], "export", location.Split('/')[^1], string.Create(CultureInfo.InvariantCulture, $"Observation-{parts}.ndjson"));
        await File.WriteAllTextAsync(stray, "half a line");
        await using var second = await RecordServer.StartAsync(database.ConnectionString, settings);
        using var again = new FhirClient(new Uri(second.Urls.First()));
        var (_, lines) = await ExportTests.EndAsync(again, $"{again.Base}_async/{location.Split('/')[^1]}");
        Assert.True(await PartsAsync(database) > parts);
        Assert.Equal(Resources, lines.Select(l => (string)JsonNode.Parse(l)!["id"]!).Distinct().Count());
        Assert.Equal(Resources, lines.Count);
    }

    private static async Task<long> PartsAsync(TestDatabase database) => await ScalarAsync<long>(database, "select count(*) from records.job_file");

    private static async Task<T> ScalarAsync<T>(TestDatabase database, string sql)
    {
#pragma warning disable CA2100 // Written in this class.
        await using var command = database.Source.CreateCommand(sql);
#pragma warning restore CA2100
        return (T)(await command.ExecuteScalarAsync())!;
    }
}

/// <summary>A server whose exports have small files.</summary>
public sealed class ExportServer : RecordServer, IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    internal string Folder => folder["objects"];

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Salus:Objects", Folder), new("Salus:Records:ExportFileBytes", "20000")];
}
