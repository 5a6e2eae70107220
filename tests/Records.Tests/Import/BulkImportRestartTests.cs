using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Salus.Kernel;
using Salus.Records.Tests.Support;
using Salus.TestSupport;
using static Salus.Records.Tests.Import.BulkImport;

namespace Salus.Records.Tests.Import;

/// <summary>Imports of servers that share a database, and servers that end in the middle of one.</summary>
public sealed class BulkImportRestartTests : IAsyncLifetime, IDisposable
{
    private readonly TestFolder folder = new();
    private readonly FileServer files = new();
    private TestDatabase database = null!;

    public async Task InitializeAsync() => database = await TestDatabase.CreateAsync(new MigrationSet("records", typeof(RecordsModule).Assembly));

    public async Task DisposeAsync()
    {
        await files.DisposeAsync();
        await database.DisposeAsync();
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_a_server_began_another_one_ends_and_stores_nothing_twice()
    {
        // A third of the lines have no id, and the first server waits in the middle of the file for lines that do not come.
        const int Count = 9000;
        var content = Patients("shared", Count);
        var half = Encoding.UTF8.GetString(content, 0, content.Length / 2).LastIndexOf('\n') + 1;
        var first = true;
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var url = files.Add("/files/shared.ndjson", async http =>
        {
            var from = http.Request.GetTypedHeaders().Range is { } range ? (int)range.Ranges.First().From!.Value : 0;
            http.Response.StatusCode = from > 0 ? 206 : 200;
            http.Response.Headers.ContentRange = from > 0 ? $"bytes {from}-{content.Length - 1}/{content.Length}" : default;
            var waits = first;
            first = false;
            await http.Response.Body.WriteAsync(content.AsMemory(from, (waits ? half : content.Length) - from));
            await http.Response.Body.FlushAsync();
            if (waits)
            {
                using var registration = http.RequestAborted.Register(() => gone.TrySetResult());
                await gone.Task;
                http.Abort();
            }
        });
        var one = await StartAsync();
        await using var other = await StartAsync();
        using var fhir = new FhirClient(new Uri(other.Urls.First()));
        string location;
        using (var here = new FhirClient(new Uri(one.Urls.First())))
        {
            location = await BeginAsync(here, ("Patient", url));
            await Eventually.TrueAsync(async () => await ScalarAsync<long>("select bytes from records.job_input") == half);
        }

        // Whichever of them has it: its end lets go of the job. The one that goes on does so where it was noted.
        await one.DisposeAsync();
        gone.TrySetResult();

        var manifest = await EndAsync(fhir, $"{fhir.Base}_async/{location.Split('/')[^1]}");
        Assert.Equal($"{Count}", Counts(manifest));
        Assert.Equal(Count, await CountAsync(fhir, "Patient?family=shared"));
        Assert.Equal((Count, 1), ((int)await ScalarAsync<long>("select count(*) from records.log"), await ScalarAsync<int>("select max(version) from records.log")));
        Assert.All(files.Asked.Skip(1), a => Assert.Equal($"/files/shared.ndjson bytes={half}-", a));
    }

    [Fact]
    public async Task Lines_that_were_stored_and_not_noted_are_stored_again_at_the_same_ids()
    {
        const int Count = 500;
        Directory.CreateDirectory(folder["objects/incoming/1"]);
        await File.WriteAllBytesAsync(folder["objects/incoming/1/p.ndjson"], Patients("again", Count));
        await using var server = await StartAsync();
        using var fhir = new FhirClient(new Uri(server.Urls.First()));
        var location = await BeginAsync(fhir, ("Patient", "objects:p.ndjson"));
        await EndAsync(fhir, location);
        // As a process leaves it that dies between the commit of the resources and the note.
        await ScalarAsync<int>("update records.job_input set line = 0, bytes = 0, stored = 0 returning 1");
        await ScalarAsync<int>("update records.job set state = 'running', step = 0, count = 0, bytes = 0 returning 1");
        Assert.Equal($"{Count}", Counts(await EndAsync(fhir, location)));
        Assert.Equal(Count, await CountAsync(fhir, "Patient?family=again"));
        Assert.Equal(2, await ScalarAsync<int>("select max(version) from records.log"));
    }

    [Fact]
    public async Task A_long_file_is_read_as_it_is_stored_and_not_far_ahead()
    {
        // Several times what a kernel holds between two sockets, and the client and the reader of lines do: how much that is depends on the machine.
        const int Count = 40_000;
        var padding = new string('x', 1000);
        long sent = 0;
        long ahead = 0;
        var url = files.Add("/files/many.ndjson", async http =>
        {
            for (var i = 0; i < Count; i++)
            {
                var line = Encoding.UTF8.GetBytes($$$"""{"resourceType":"Basic","id":"b{{{i % 1000}}}","code":{"text":"{{{padding}}}{{{i}}}"}}""" + "\n");
                await http.Response.Body.WriteAsync(line);
                sent += line.Length;
                if (i % 2000 == 0)
                {
                    ahead = Math.Max(ahead, sent - await ScalarAsync<long>("select bytes from records.job_input"));
                }
            }
        });
        await using var server = await StartAsync(("Salus:Records:BulkValidation", "Off"));
        using var fhir = new FhirClient(new Uri(server.Urls.First()));
        var manifest = await EndAsync(fhir, await BeginAsync(fhir, ("Basic", url)), seconds: 300);
        Assert.Equal($"{Count}", Counts(manifest));
        Assert.Equal(sent, await ScalarAsync<long>("select bytes from records.job_input"));
        Assert.InRange(ahead, 1, sent / 2);
        Assert.EndsWith("39999", (string)(await fhir.GetAsync("Basic/b999")).Json["code"]!["text"]!, StringComparison.Ordinal);
    }

    private Task<WebApplication> StartAsync(params (string Name, string Value)[] settings) => RecordServer.StartAsync(database.ConnectionString,
    [
        new("Salus:Objects", folder["objects"]), new("Salus:Records:ImportSources", $"{files.Address}/files"), .. settings.Select(s => new KeyValuePair<string, string?>(s.Name, s.Value)),
    ]);

    private async Task<T> ScalarAsync<T>(string sql)
    {
#pragma warning disable CA2100 // Written in this class.
        await using var command = database.Source.CreateCommand(sql);
#pragma warning restore CA2100
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
