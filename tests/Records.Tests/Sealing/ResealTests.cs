using System.Text.Json.Nodes;
using Salus.Kernel;
using Salus.Records.Sealing;
using Salus.Records.Tests.Support;
using Salus.TestSupport;
using static Salus.Records.Tests.Sealing.SealedRecord;

namespace Salus.Records.Tests.Sealing;

/// <summary>Sealing what was stored before, and with another key: while others write, killed in the middle, with keys that are lost.</summary>
public sealed class ResealTests
{
    private const string Off = "Sealed:Systems";

    [Fact]
    public async Task What_was_stored_plain_is_sealed_in_all_versions_and_in_the_index()
    {
        await using var record = await StartAsync((Off, ""), ("Content", "true"));
        await record.Fhir.StoreAsync(Patient("old", "200-20-3001"));
        await record.Fhir.StoreAsync(Patient("old", "200-20-3002"));
        await record.Fhir.StoreAsync(Patient("gone", "200-20-3003"));
        await record.Fhir.DeleteAsync("Patient/gone");
        await record.Fhir.StoreAsync(View());
        await Eventually.TrueAsync(() => PublishedAsync(record));
        Assert.NotEmpty(await record.PlacesOfAsync("200-20-3001"));
        Assert.NotEmpty(await record.PlacesOfAsync("200-20-3003"));
        var before = await record.Fhir.GetAsync("Patient/old/_history");

        await record.ServeAsync(("Content", "true"));
        Assert.Equal(["old"], await record.Fhir.IdsAsync($"Patient?identifier={Ssn}|200-20-3002"));
        await record.ResealedAsync();
        foreach (var value in new[] { "200-20-3001", "200-20-3002", "200-20-3003" })
        {
            Assert.Empty(await record.PlacesOfAsync(value));
        }

        Assert.Equal(["old"], await record.Fhir.IdsAsync($"Patient?identifier={Ssn}|200-20-3002"));
        Assert.Equal(Entries(before), Entries(await record.Fhir.GetAsync("Patient/old/_history")));
        await Eventually.TrueAsync(() => PublishedAsync(record));
        Assert.Equal(1, await record.ScalarAsync<long>("select count(*) from views.ssns where ssn like 'sealed:%'"));
        await CleanAsync(record);

        // And back: what is not to be sealed any more is stored as it is served.
        await record.ServeAsync((Off, ""), ("Content", "true"));
        await record.ResealedAsync();
        Assert.Equal(Entries(before), Entries(await record.Fhir.GetAsync("Patient/old/_history")));
        Assert.Contains("records.log.body", await record.PlacesOfAsync("200-20-3001"));
        Assert.DoesNotContain("records.log.body", await record.PlacesOfAsync("~sealed~"));
        await CleanAsync(record);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_rotation_with_concurrent_writes_loses_and_breaks_nothing(bool hash)
    {
        await using var record = await StartAsync();
        const int Patients = 300;
        for (var from = 0; from < Patients; from += 100)
        {
            await record.Fhir.BundleAsync(Batch(Enumerable.Range(from, 100).Select(n => Patient($"p{n}", $"300-20-{n}"))));
        }

        await record.ResealedAsync();
        var old = record.Get<SealKeys>().Ring;
        using var stop = new CancellationTokenSource();
        var written = 0;
        var writers = Enumerable.Range(0, 3).Select(w => Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                await record.Fhir.StoreAsync(Patient($"p{(i * 3 + w) % Patients}", $"300-20-{(i * 3 + w) % Patients}", $"round-{i}"));
                Interlocked.Increment(ref written);
            }
        })).ToList();
        RecordKeys.Rotate(record.KeyFile, hash, TimeProvider.System);
        await Eventually.TrueAsync(() => record.Get<SealKeys>().Ring.All.Count() == 3);
        await record.ResealedAsync();
        await stop.CancelAsync();
        await Task.WhenAll(writers);
        Assert.True(written > 0);

        // Writes that were under way with the old key are the business of one more run.
        await record.Get<RecordKeys>().AgainAsync(default);
        await record.ResealedAsync();
        for (var n = 0; n < Patients; n += 29)
        {
            Assert.Equal([$"p{n}"], await record.Fhir.IdsAsync($"Patient?identifier={Ssn}|300-20-{n}"));
            Assert.Equal($"300-20-{n}", (string?)(await record.Fhir.GetAsync($"Patient/p{n}/_history/1")).Json["identifier"]![1]!["value"]);
        }

        await CleanAsync(record);
        var gone = (hash ? old.Hashes[^1] : old.Newest).Id;
        Assert.Null(await record.Get<RecordKeys>().RetireAsync(gone, default));
        Assert.Equal(0, await record.ScalarAsync<long>($"select count(*) from records.log where position(convert_to('~{gone}~', 'UTF8') in body) > 0"));
        await record.ServeAsync();
        Assert.Equal(["p29"], await record.Fhir.IdsAsync($"Patient?identifier={Ssn}|300-20-29"));
        Assert.Equal("300-20-29", (string?)(await record.Fhir.GetAsync("Patient/p29/_history/1")).Json["identifier"]![1]!["value"]);
    }

    [Fact]
    public async Task A_run_that_ends_in_the_middle_goes_on_where_it_was()
    {
        await using var record = await StartAsync(("Sealed:Reseal", "false"), (Off, ""));
        for (var from = 0; from < 600; from += 200)
        {
            await record.Fhir.BundleAsync(Batch(Enumerable.Range(from, 200).Select(n => Patient($"q{n}", $"400-20-{n}"))));
        }

        await record.ServeAsync(("Sealed:Reseal", "false"));
        var batch = record.Get<ResealBatch>();
        Assert.False((await batch.StepAsync(default))!.Finished);
        var first = await batch.StepAsync(default);
        Assert.Equal((200, 200), (first!.Done, first.Changed));
        await CleanAsync(record);

        // The database refuses the second batch after its bodies are written: as when it, or Salus, is killed there.
        await record.ExecuteAsync("create function records.kill() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$; create trigger kill before update on records.reseal for each row execute function records.kill()");
        await Assert.ThrowsAnyAsync<Exception>(() => batch.StepAsync(default));
        await record.ExecuteAsync("drop trigger kill on records.reseal");
        Assert.Equal(200, await record.ScalarAsync<long>("select count(*) from records.log where position('~sealed~'::bytea in body) > 0"));
        await CleanAsync(record);

        await record.ServeAsync();
        await record.ResealedAsync();
        Assert.Equal(600, await record.ScalarAsync<long>("select changed from records.reseal"));
        Assert.Equal(600, await record.ScalarAsync<long>("select count(*) from records.log where position('~sealed~'::bytea in body) > 0"));
        Assert.Equal(["q599"], await record.Fhir.IdsAsync($"Patient?identifier={Ssn}|400-20-599"));
        await CleanAsync(record);
    }

    [Fact]
    public async Task Writers_that_are_faster_do_not_keep_it_from_ending()
    {
        await using var record = await StartAsync(("Sealed:Reseal", "false"), (Off, ""));
        Task WriteAsync(string letter) => record.Fhir.BundleAsync(Batch(Enumerable.Range(0, 250).Select(n => Patient($"{letter}{n}", $"600-20-{n}"))));
        await WriteAsync("r");
        await record.ServeAsync(("Sealed:Reseal", "false"));
        var batch = record.Get<ResealBatch>();
        var progress = await batch.StepAsync(default);
        for (var round = 0; round < 4 && progress is { Finished: false }; round++)
        {
            await WriteAsync("s");
            progress = await batch.StepAsync(default);
        }

        Assert.Equal((true, 250), (progress!.Finished, progress.Changed));
        await CleanAsync(record);
    }

    [Fact]
    public async Task A_lost_or_wrong_key_is_named_and_nothing_starts_with_another()
    {
        await using var record = await StartAsync();
        await record.Fhir.StoreAsync(Patient("lost", "500-20-3001"));
        var id = record.Get<SealKeys>().Ring.Newest.Id;
        var keys = await File.ReadAllTextAsync(record.KeyFile);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(record.KeyFile));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(record.KeyFile)!));
            File.SetUnixFileMode(record.KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite);
            Assert.Contains($"chmod 600 {record.KeyFile}", Assert.Throws<CannotStartException>(() => new KeyFile(record.KeyFile).Read()).Message, StringComparison.Ordinal);
            File.SetUnixFileMode(record.KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await record.StopAsync();
        File.Delete(record.KeyFile);
        Assert.Contains($"sealed with key '{id}', and there is no key file", (await Assert.ThrowsAsync<CannotStartException>(() => record.ServeAsync())).Message, StringComparison.Ordinal);

        var file = new KeyFile(record.KeyFile);
        file.Write(new KeyRing([SealKey.New("other")], [SealKey.New("h")]));
        Assert.Contains($"key '{id}', which is not in", (await Assert.ThrowsAsync<CannotStartException>(() => record.ServeAsync())).Message, StringComparison.Ordinal);

        await File.WriteAllTextAsync(record.KeyFile, keys);
        var right = file.Read();
        file.Write(right with { Values = [SealKey.New(id)] });
        Assert.Contains($"key '{id}' in {record.KeyFile} is another one", (await Assert.ThrowsAsync<CannotStartException>(() => record.ServeAsync())).Message, StringComparison.Ordinal);

        // A key that goes while a server runs: its values are an error that says so, all others are served.
        file.Write(right);
        await record.ServeAsync();
        await record.Fhir.StoreAsync(JsonNode.Parse("""{"resourceType":"Patient","id":"open"}""")!);
        file.Write(right with { Values = [SealKey.New("other")] });
        await Eventually.TrueAsync(() => record.Get<SealKeys>().Ring.Newest.Id == "other");
        var answer = await record.Fhir.GetAsync("Patient/lost");
        Assert.Equal(503, answer.Status);
        Assert.Contains($"Patient/lost has a value that is sealed with key '{id}'", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("500-20-3001", answer.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await record.Fhir.GetAsync("Patient/open")).Status);
    }

    [Fact]
    public async Task A_wrong_path_refuses_the_start_with_the_reason()
    {
        foreach (var (path, reason) in new[]
        {
            ("Patient.telecon.value", "Patient has no element 'telecon'"), ("Patiens.name", "no resource type"), ("Patient", "with an element behind it"), ("Patient.birthDate", "it is a date"),
            ("Patient.name.family", "finds it by its beginning"), ("Observation.subject.reference", "link between elements"), ("Patient.id", "link between elements"),
            ("Subscription.reason", "what Salus itself works with"), ("Patient.telecom", "it is a ContactPoint"),
        })
        {
            var refused = await Assert.ThrowsAsync<CannotStartException>(async () => await (await StartAsync(("Sealed:Paths", path))).DisposeAsync());
            Assert.Contains($"'{path}'", refused.Message, StringComparison.Ordinal);
            Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        }
    }

    private static async Task CleanAsync(SealedRecord record)
    {
        var report = await record.CheckAsync();
        Assert.True(report.Clean, string.Join('\n', report.Differences));
    }

    private static List<string> Entries(Answer history) => [.. history.Json["entry"]!.AsArray().Select(e => e!["resource"]!.ToJsonString())];

    private static async Task<bool> PublishedAsync(SealedRecord record) =>
        await record.ScalarAsync<long>("select count(*) from pg_views where schemaname = 'views' and viewname = 'ssns'") == 1;

    private static JsonNode View() => JsonNode.Parse(
        """
        {"resourceType":"ViewDefinition","id":"ssns","name":"ssns","status":"active","resource":"Patient",
         "select":[{"column":[{"name":"id","path":"getResourceKey()"},{"name":"ssn","path":"identifier.where(system='http://hl7.org/fhir/sid/us-ssn').value.first()"}]}]}
        """)!;

    private static JsonObject Batch(IEnumerable<JsonObject> resources) => new()
    {
        ["resourceType"] = "Bundle",
        ["type"] = "batch",
        ["entry"] = new JsonArray([.. resources.Select(r => new JsonObject { ["resource"] = r, ["request"] = new JsonObject { ["method"] = "PUT", ["url"] = $"Patient/{r["id"]}" } })]),
    };
}
