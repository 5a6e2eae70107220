using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Salus.Kernel;
using Salus.Records.Import.Bulk;
using Salus.Records.Jobs;
using Salus.Records.Tests.Support;
using Salus.TestSupport;
using static Salus.Records.Tests.Import.BulkImport;

namespace Salus.Records.Tests.Import;

/// <summary><c>$import</c> over HTTP, from a server with files and from the object store.</summary>
public sealed class BulkImportTests(BulkImportServer server) : IClassFixture<BulkImportServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task Files_of_a_server_are_stored_and_counted()
    {
        var patients = server.Files.Add("/files/p.ndjson", Patients("happy", 9));
        var observations = server.Files.Add("/files/o.ndjson.gz", Zip(Lines(Enumerable.Range(0, 2500).Select(i => Samples.Observation($"happy-{i}", "Patient/happy-0")))));
        var manifest = await RunAsync(fhir, ("Patient", patients), ("Observation", observations));
        Assert.Equal("9,2500", Counts(manifest));
        Assert.Equal((patients, "Patient", 0, $"{fhir.Base}$import"), ((string)manifest["output"]![0]!["inputUrl"]!, (string)manifest["output"]![0]!["type"]!, manifest["error"]!.AsArray().Count, (string)manifest["request"]!));
        Assert.Equal((9, 2500), (await CountAsync(fhir, "Patient?family=happy"), await CountAsync(fhir, "Observation?subject=Patient/happy-0")));
        Assert.Equal("Given1", (string)(await fhir.GetAsync("Patient/happy-1")).Json["name"]![0]!["given"]![0]!);
    }

    [Fact]
    public async Task A_parameters_resource_says_the_same()
    {
        var url = server.Files.Add("/files/parameters.ndjson", Patients("parameters", 2));
        var parameters = JsonNode.Parse($$"""
            {"resourceType":"Parameters","parameter":[{"name":"inputFormat","valueCode":"application/fhir+ndjson"},{"name":"inputSource","valueUri":"https://bulk.example.org"},
             {"name":"storageDetail","part":[{"name":"type","valueCode":"https"}]},
             {"name":"input","part":[{"name":"type","valueCode":"Patient"},{"name":"url","valueUri":"{{url}}"}]}]}
            """)!;
        var begun = await AskAsync(fhir, parameters, Preference);
        Assert.Equal((202, "respond-async"), (begun.Status, string.Join("", begun.Headers.GetValues("Preference-Applied"))));
        Assert.Equal("2", Counts(await EndAsync(fhir, begun.ContentHeaders.ContentLocation!.ToString())));
    }

    [Fact]
    public async Task Wrong_lines_are_told_by_file_line_and_field_and_the_others_stored()
    {
        var good = Samples.Patient("wrong-good").ToJsonString();
        var url = server.Files.Add("/files/wrong.ndjson", Encoding.UTF8.GetBytes(string.Join('\n',
            good, "{\"resourceType\":", """{"resourceType":"Patient","id":"wrong-gender","gender":"blue"}""", Samples.Observation("wrong-type").ToJsonString(), "", "not json",
            """{"resourceType":"Patient","id":"not an id"}""", good.Replace("wrong-good", "wrong-last", StringComparison.Ordinal))));
        var manifest = await RunAsync(fhir, ("Patient", url), ("Patient", server.Files.Address + "/files/nowhere.ndjson"));
        Assert.Equal("2,0", Counts(manifest));
        var errors = await ErrorsAsync(fhir, manifest, url);
        Assert.Equal([2, 3, 4, 6, 7], errors.Select(e => int.Parse(((string)e["diagnostics"]!).Split(", line ")[1].Split([':', ' '])[0], null)));
        Assert.All(errors, e => Assert.StartsWith(url, (string)e["diagnostics"]!, StringComparison.Ordinal));
        Assert.Equal("Patient.gender", (string?)errors[1]["expression"]?[0]);
        Assert.Contains("(Patient/wrong-gender)", (string)errors[1]["diagnostics"]!, StringComparison.Ordinal);
        Assert.Contains("has the type Patient", (string)errors[2]["diagnostics"]!, StringComparison.Ordinal);
        Assert.Contains("404", (string)Assert.Single(await ErrorsAsync(fhir, manifest, server.Files.Address + "/files/nowhere.ndjson"))["diagnostics"]!, StringComparison.Ordinal);
        Assert.Equal((200, 200, 404), ((await fhir.GetAsync("Patient/wrong-good")).Status, (await fhir.GetAsync("Patient/wrong-last")).Status, (await fhir.GetAsync("Patient/wrong-gender")).Status));
    }

    [Theory]
    [InlineData("lines", 100_001, 1)]
    [InlineData("bytes", 20, 1_000_000)]
    public async Task Blank_lines_without_end_end_the_input(string name, int count, int width)
    {
        var line = Encoding.UTF8.GetBytes(new string(' ', width - 1) + "\n");
        var blank = Enumerable.Repeat(line, count).SelectMany(l => l).ToArray();
        var url = server.Files.Add($"/files/blank-{name}.ndjson", [.. Patients($"blank-{name}", 1), .. blank, .. Patients($"after-{name}", 1)]);
        var manifest = await RunAsync(fhir, ("Patient", url));
        Assert.Equal("1", Counts(manifest));
        Assert.Contains("are blank one after the other", (string)Assert.Single(await ErrorsAsync(fhir, manifest, url))["diagnostics"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bundles_are_run_where_they_can_be_repeated()
    {
        await fhir.StoreAsync(Samples.Patient("bundle-gone"));
        var url = server.Files.Add("/files/bundles.ndjson", Lines([
            Samples.Bundle("transaction", Samples.Entry("DELETE", "Patient/bundle-gone"), Samples.Entry("PUT", "Patient/bundle-put", Samples.Patient("bundle-put"))),
            Samples.Bundle("transaction", Samples.Entry("POST", "Patient", Samples.Patient(family: "Bundlepost"))),
            Samples.Bundle("collection", new JsonObject { ["resource"] = Samples.Patient("bundle-member") })]));
        var manifest = await RunAsync(fhir, ("Bundle", url));
        Assert.Contains("PUT and DELETE with an id", (string)Assert.Single(await ErrorsAsync(fhir, manifest, url))["diagnostics"]!, StringComparison.Ordinal);
        Assert.Equal((410, 200, 0), ((await fhir.GetAsync("Patient/bundle-gone")).Status, (await fhir.GetAsync("Patient/bundle-put")).Status, await CountAsync(fhir, "Patient?family=Bundlepost")));
    }

    [Fact]
    public async Task An_export_of_this_server_and_objects_in_the_store_are_read_without_the_network()
    {
        await RunAsync(fhir, ("Patient", server.Files.Add("/files/own.ndjson", Patients("own", 6))));
        var (export, lines) = await Export.ExportTests.ExportAsync(fhir, "$export", "_type", "Patient", "_typeFilter", "Patient?family=own");
        var links = export["output"]!.AsArray().Select(o => ("Patient", (string)o!["url"]!)).ToArray();
        Assert.Equal(lines.Count, Counts(await RunAsync(fhir, links)).Split(',').Sum(c => int.Parse(c, null)));
        Assert.Equal(6, await CountAsync(fhir, "Patient?family=own"));
        Assert.Equal("2", (await fhir.GetAsync("Patient/own-0")).Version);

        Directory.CreateDirectory(Path.Combine(server.Folder, "incoming", "1", "ward"));
        await File.WriteAllBytesAsync(Path.Combine(server.Folder, "incoming", "1", "ward", "p.ndjson.gz"), Zip(Patients("object", 5)));
        Assert.Equal("5", Counts(await RunAsync(fhir, ("Patient", "objects:ward/p.ndjson.gz"))));
        var missing = await RunAsync(fhir, ("Patient", "objects:ward/none.ndjson"));
        Assert.Contains("no such object", (string)Assert.Single(await ErrorsAsync(fhir, missing, "objects:ward/none.ndjson"))["diagnostics"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/files/x.ndjson")]
    [InlineData("http://169.254.169.254/files/x.ndjson")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/files/x.ndjson")]
    [InlineData("{files}/secret/x.ndjson")]
    [InlineData("{files}/files/../secret/x.ndjson")]
    [InlineData("{files}/files/%2e%2e/secret/x.ndjson")]
    [InlineData("{files}/files/..%2Fsecret/x.ndjson")]
    [InlineData("{files}/filesx/x.ndjson")]
    [InlineData("http://somebody@{host}/files/x.ndjson")]
    [InlineData("http://{host}.example.org/files/x.ndjson")]
    [InlineData("https://{host}/files/x.ndjson")]
    [InlineData("objects:../1/x.ndjson")]
    [InlineData("objects:/etc/passwd")]
    [InlineData("objects:.hidden")]
    [InlineData("{base}_async/0123456789/Patient-0.ndjson")]
    [InlineData("{base}Patient")]
    public async Task Addresses_that_are_not_allowed_are_refused_and_never_asked(string form)
    {
        var url = form.Replace("{files}", server.Files.Address, StringComparison.Ordinal).Replace("{host}", new Uri(server.Files.Address).Authority, StringComparison.Ordinal)
            .Replace("{base}", fhir.Base.ToString(), StringComparison.Ordinal);
        server.Files.Add("/secret/x.ndjson", Patients("secret", 1));
        var answer = await AskAsync(fhir, Manifest(("Patient", url)), Preference);
        Assert.True(answer.Status is 400 or 403, answer.ToString());
        Assert.Contains("input[0].url", answer.Problems, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Files.Asked, a => a.StartsWith("/secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        server.Files.Add("/secret/to.ndjson", Patients("redirected", 1));
        var url = server.Files.Add("/files/redirect.ndjson", http => Task.Run(() => http.Response.Redirect("/secret/to.ndjson")));
        var manifest = await RunAsync(fhir, ("Patient", url));
        Assert.Contains("redirects are not followed", (string)Assert.Single(await ErrorsAsync(fhir, manifest, url))["diagnostics"]!, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Files.Asked, a => a.StartsWith("/secret/to", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task A_connection_that_breaks_in_the_middle_is_taken_up_again(bool ranges, bool gzip)
    {
        var name = $"break-{ranges}-{gzip}".ToLowerInvariant();
        var content = gzip ? Zip(Patients(name, 300)) : Patients(name, 300);
        var url = server.Files.Add($"/files/{name}.ndjson{(gzip ? ".gz" : "")}", content, [0, content.Length / 3, content.Length / 2], ranges);
        Assert.Equal("300", Counts(await RunAsync(fhir, ("Patient", url))));
        Assert.Equal(300, await CountAsync(fhir, $"Patient?family={name}"));
        Assert.Equal("1", (await fhir.GetAsync($"Patient/{name}-0")).Version);
        Assert.Equal(4, server.Files.Asked.Count(a => a.Contains(name, StringComparison.Ordinal)));
        Assert.Contains($"/files/{name}.ndjson{(gzip ? ".gz" : "")} bytes={content.Length / 3}-", server.Files.Asked);
    }

    [Fact]
    public async Task A_file_that_changes_between_two_connections_is_not_read_on()
    {
        var first = true;
        var url = server.Files.Add("/files/changes.ndjson", async http =>
        {
            http.Response.Headers.ETag = first ? "\"a\"" : "\"b\"";
            var lines = Patients("changes", 3);
            http.Response.ContentLength = first ? lines.Length + 1 : lines.Length;
            first = false;
            await http.Response.Body.WriteAsync(lines);
            await http.Response.Body.FlushAsync();
        });
        var manifest = await RunAsync(fhir, ("Patient", url));
        Assert.Contains("has changed", (string)Assert.Single(await ErrorsAsync(fhir, manifest, url))["diagnostics"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_that_is_cancelled_ends_lets_its_source_go_and_leaves_what_it_stored()
    {
        var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var url = server.Files.Add("/files/endless.ndjson", http => EndlessAsync(http, Patients("cancelled", 3), cut));
        var location = await BeginAsync(fhir, ("Patient", url));
        await Eventually.TrueAsync(async () => (await fhir.GetAsync("Patient/cancelled-0")).Status == 200);
        Assert.Equal(202, (await fhir.DeleteAsync(location)).Status);
        (await fhir.GetAsync(location)).Refused(404);
        await cut.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(async () => await server.ScalarAsync<long>($"select count(*) from records.job_input where job = '{location.Split('/')[^1]}'") == 0);
        Assert.Equal(200, (await fhir.GetAsync("Patient/cancelled-0")).Status);
    }

    [Fact]
    public async Task A_source_that_gives_nothing_is_waited_for_once_and_what_comes_is_told()
    {
        var (cut, more) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var url = server.Files.Add("/files/silent.ndjson", async http =>
        {
            await http.Response.Body.FlushAsync();
            await more.Task;
            await EndlessAsync(http, Patients("silent", 1), cut);
        });
        var job = new Job("0123456789silent", IJobKind.Import, Caller.System, "", "", "running", 0, default, 0, 1, "", 0, 0, 0, 0, null, default);
        var session = server.Get<ImportSources>().Session(job, await server.Get<JobSessions>().OpenAsync(CancellationToken.None));
        await session.BeginAsync(new ImportInput(0, "Patient", url, null, null, 0, 0, 0, 0));
        Assert.Null(await session.ReadAsync(TimeProvider.System, CancellationToken.None));
        // By a clock that stands still, a second wait would never end.
        Assert.Null(await session.ReadAsync(new ManualClock(), CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1)));
        var told = server.Get<JobSignal>().Next;
        more.SetResult();
        await told.WaitAsync(TimeSpan.FromMinutes(1));
        ImportPiece? piece = null;
        await Eventually.TrueAsync(async () => (piece = await session.ReadAsync(TimeProvider.System, CancellationToken.None)) is not null);
        Assert.Single(piece!.Lines);
        await session.DisposeAsync();
        await cut.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Its_result_and_files_expire()
    {
        var url = server.Files.Add("/files/expire.ndjson", "nothing"u8.ToArray());
        var location = await BeginAsync(fhir, ("Patient", url));
        var file = (string)(await EndAsync(fhir, location))["error"]![0]!["url"]!;
        Assert.Equal(200, (await fhir.GetAsync(file)).Status);
        await server.ScalarAsync<string>($"update records.job set expires_at = created_at where id = '{location.Split('/')[^1]}' returning id");
        (await fhir.GetAsync(location)).Refused(404, "expired");
        (await fhir.GetAsync(file)).Refused(404);
        await Eventually.TrueAsync(() => !Directory.Exists(Path.Combine(server.Folder, "import", location.Split('/')[^1])));
    }

    [Theory]
    [InlineData("""{"input":[]}""", "input")]
    [InlineData("""{"inputFormat":"text/csv","input":[{"type":"Patient","url":"objects:x"}]}""", "inputFormat")]
    [InlineData("""{"storageDetail":{"type":"aws-s3"},"input":[{"type":"Patient","url":"objects:x"}]}""", "storageDetail")]
    [InlineData("""{"input":[{"type":"Nonsense","url":"objects:x"}]}""", "Nonsense")]
    [InlineData("""{"input":[{"type":"Patient"}]}""", "input[0].url")]
    [InlineData("""{"input":[{"type":"Patient","url":7}]}""", "input[0].url")]
    [InlineData("""{"input":"x"}""", "input")]
    [InlineData("""{"nonsense":1}""", "nonsense")]
    [InlineData("""{"resourceType":"Patient"}""", "Parameters")]
    [InlineData("""{"input":[{"type":"Patient","url":"objects:x"},{"type":"Patient","url":"objects:x"},{"type":"Patient","url":"objects:x"},{"type":"Patient","url":"objects:x"}]}""", "MaxImportInputs")]
    public async Task What_is_not_understood_is_refused_before_anything_is_noted(string body, string place)
    {
        var answer = await AskAsync(fhir, JsonNode.Parse(body)!, Preference);
        Assert.True(answer.Status is 400 or 413, answer.ToString());
        Assert.Contains(place, answer.Problems, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_preference_it_is_refused_and_more_than_the_limit_at_once_wait()
    {
        (await AskAsync(fhir, Manifest(("Patient", "objects:x")))).Refused(400, "respond-async");
        Assert.Equal(405, (await fhir.GetAsync("$import", Preference)).Status);
        var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var url = server.Files.Add("/files/held.ndjson", http => EndlessAsync(http, [], cut));
        var held = new List<string>();
        Answer? refused = null;
        for (var i = 0; i < BulkImportServer.MostImports + 1 && refused is null; i++)
        {
            var answer = await AskAsync(fhir, Manifest(("Patient", url)), Preference);
            if (answer.Status == 202)
            {
                held.Add(answer.ContentHeaders.ContentLocation!.ToString());
            }
            else
            {
                refused = answer;
            }
        }

        refused!.Refused(429, "MaxImports");
        Assert.NotNull(refused.Headers.RetryAfter);
        foreach (var location in held)
        {
            Assert.Equal(202, (await fhir.DeleteAsync(location)).Status);
        }

        Assert.Equal("1", Counts(await RunAsync(fhir, ("Patient", server.Files.Add("/files/after.ndjson", Patients("after", 1))))));
    }

    /// <summary>Gives some lines, then nothing for as long as the other side stays.</summary>
    private static async Task EndlessAsync(Microsoft.AspNetCore.Http.HttpContext http, byte[] lines, TaskCompletionSource cut)
    {
        using var registration = http.RequestAborted.Register(() => cut.TrySetResult());
        await http.Response.Body.WriteAsync(lines);
        await http.Response.Body.FlushAsync();
        await cut.Task;
    }

    private static byte[] Zip(byte[] content)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return zipped.ToArray();
    }
}

/// <summary>A server that may import from one folder of a file server.</summary>
public sealed class BulkImportServer : RecordServer, IDisposable
{
    internal const int MostImports = 3;
    private readonly TestFolder folder = new();

    internal FileServer Files { get; } = new();

    internal string Folder => folder["objects"];

    public void Dispose()
    {
        Files.DisposeAsync().AsTask().GetAwaiter().GetResult();
        folder.Dispose();
    }

    protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
    [
        new("Salus:Objects", Folder), new("Salus:Records:ImportSources", $"https://bulk.example.org {Files.Address}/files/"), new("Salus:Records:BulkValidation", "Structural"),
        new("Salus:Records:MaxImports", $"{MostImports}"), new("Salus:Records:MaxImportInputs", "3"),
    ];
}
