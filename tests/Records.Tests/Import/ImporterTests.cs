using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Import;
using Salus.Records.Tests.Support;
using Salus.TestSupport;

namespace Salus.Records.Tests.Import;

/// <summary>Whole imports, in process and over HTTP, on a real database.</summary>
public sealed class ImporterTests : RecordServer, IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_kind_of_source_arrives_and_is_found(bool http)
    {
        Directory.CreateDirectory(folder["in"]);
        File.WriteAllText(folder["in/a.json"], ImportSamples.Patient("a"));
        File.WriteAllBytes(folder["in/b.json.gz"], ImportSamples.Gzip(ImportSamples.Patient("b")));
        File.WriteAllLines(folder["in/c.ndjson"], Enumerable.Range(0, 301).Select(i => ImportSamples.Patient($"c{i}")));
        File.WriteAllBytes(folder["in/d.ndjson.gz"], ImportSamples.Gzip("""{"resourceType":"Practitioner","active":true}""" + "\n"));
        ImportSamples.Tar(folder["in/e.tar.gz"], ("1.json", Bytes(ImportSamples.Stay("e1", 5))), ("2.json", Bytes("""{"resourceType":"Bundle","id":"kept","type":"collection"}""")));
        File.WriteAllText(folder["in/notes.txt"], "?");

        var report = await ImportAsync(http, folder["in"]);

        Assert.True(report.Complete, Describe(report));
        Assert.Equal("Bundle 1, Observation 5, Patient 304, Practitioner 1", string.Join(", ", report.Counts.Select(c => $"{c.Type} {c.Searchable}")));
        Assert.Contains("notes.txt", Assert.Single(report.Notices), StringComparison.Ordinal);
        Assert.Equal(304, await CountAsync("Patient?_summary=count"));

        // The same again sends nothing twice.
        var head = await HeadAsync();
        var again = await ImportAsync(http, folder["in"]);
        Assert.True(again.Complete, Describe(again));
        Assert.Equal((head, 311L), (await HeadAsync(), again.Counts.Sum(c => (long)c.Stored)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rejections_have_file_line_and_reason_and_the_rest_is_stored(bool http)
    {
        File.WriteAllLines(folder["a.ndjson"], [ImportSamples.Patient("a"), "{\"resourceType\":\"Patient\",", "", ImportSamples.Patient("b", gender: "purple"), "{\"resourceType\":\"Nothing\"}", ImportSamples.Patient("c")]);
        File.WriteAllText(folder["b.json"], ImportSamples.Stay("x", 3, birth: "yesterday"));

        var report = await ImportAsync(http, folder["a.ndjson"], folder["b.json"]);

        Assert.False(report.Complete);
        Assert.Equal(
            ["(unreadable) 2/0/0", "Observation 3/0/0", "Patient 4/2/2"],
            report.Counts.Select(c => $"{c.Type} {c.In}/{c.Stored}/{c.Searchable}"));
        var rejected = report.Rejected.OrderBy(r => r.File).ThenBy(r => r.Line).ToList();
        Assert.Equal([2, 4, 5, null], rejected.Select(r => r.Line));
        Assert.Contains("not well-formed JSON", rejected[0].Reason, StringComparison.Ordinal);
        Assert.Contains("Patient.gender", rejected[1].Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("Bundle.entry", rejected[1].Reason, StringComparison.Ordinal);
        Assert.Contains("Nothing", rejected[2].Reason, StringComparison.Ordinal);
        Assert.Equal(("Bundle", 4), (rejected[3].Type, rejected[3].Resources));
        Assert.Contains("Bundle.entry[0].resource.birthDate", rejected[3].Reason, StringComparison.Ordinal);
        var listed = File.ReadAllLines(folder["rejected.ndjson"]).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("reason").GetString());
        Assert.Equal(rejected.Select(r => r.Reason).Order(), listed.Order());
    }

    [Fact]
    public async Task An_archive_that_is_cut_off_fails_the_import_but_its_readable_part_is_stored()
    {
        var whole = ImportSamples.Gzip(string.Join('\n', Enumerable.Range(0, 3000).Select(i => ImportSamples.Patient($"{Convert.ToHexString(BitConverter.GetBytes(i * 2654435761L))}"))));
        File.WriteAllBytes(folder["a.ndjson.gz"], whole[..(whole.Length / 2)]);
        var report = await ImportAsync(false, folder["a.ndjson.gz"]);
        Assert.False(report.Complete);
        var rejection = Assert.Single(report.Rejected);
        Assert.Contains("cut off", rejection.Reason, StringComparison.Ordinal);
        var patients = report.Counts.Single(c => c.Type == "Patient");
        Assert.Equal((rejection.Line!.Value - 1L, true), (patients.In, patients.Equal));
    }

    [Fact]
    public async Task The_last_of_several_resources_with_one_id_wins()
    {
        var lines = Enumerable.Range(0, 900).Select(i => ImportSamples.Patient($"p{i % 300}", gender: i < 600 ? "male" : "female"));
        File.WriteAllLines(folder["a.ndjson"], lines);
        var report = await ImportAsync(false, folder["a.ndjson"]);
        Assert.True(report.Complete, Describe(report));
        Assert.Equal(900, report.Counts.Single().In);
        Assert.Equal(300, await CountAsync("Patient?gender=female&_summary=count"));
        Assert.Equal(900, await ScalarAsync<long>("select count(*) from records.log"));
    }

    [Fact]
    public async Task A_reference_to_something_later_in_the_archive_is_resolved_at_its_end()
    {
        ImportSamples.Tar(folder["a.tar.gz"], ("1.json", Bytes(ImportSamples.Stay("m1", 3, performer: "77"))), ("2.json", Bytes(ImportSamples.Practitioner("77"))));
        var report = await ImportAsync(false, folder["a.tar.gz"]);
        Assert.True(report.Complete, Describe(report));
        Assert.Equal(3, await CountAsync("Observation?performer=Practitioner/dr-77&_summary=count"));
    }

    [Fact]
    public async Task A_reference_to_nothing_is_rejected_with_its_place()
    {
        File.WriteAllText(folder["a.json"], ImportSamples.Stay("m1", 2, performer: "99"));
        var report = await ImportAsync(false, folder["a.json"]);
        Assert.Contains("Practitioner?identifier=urn:npi|99", Assert.Single(report.Rejected).Reason, StringComparison.Ordinal);
        Assert.Equal(3, report.Counts.Sum(c => c.In));
        Assert.Equal(0, report.Counts.Sum(c => c.Stored));
    }

    [Fact]
    public async Task An_interrupted_import_continues_and_stores_nothing_twice()
    {
        ImportSamples.Tar(folder["a.tar.gz"], [.. Enumerable.Range(0, 40).Select(i => ($"{i}.json", Bytes(ImportSamples.Stay($"m{i}", 20))))]);
        using var stop = new CancellationTokenSource();
        var interrupted = await ImportAsync(new Interrupting(Target(), after: 10, stop), stop.Token, folder["a.tar.gz"]);
        Assert.True(interrupted.Interrupted);
        Assert.InRange(interrupted.Resources, 10 * 21, 20 * 21);

        var report = await ImportAsync(false, folder["a.tar.gz"]);

        Assert.True(report.Complete, Describe(report));
        Assert.Equal(40 * 21, report.Counts.Sum(c => c.Searchable));
        Assert.Equal((40 * 21) - interrupted.Resources, report.Resources);
        Assert.Equal(40 * 21, await ScalarAsync<long>("select count(*) from records.log"));
    }

    [Fact]
    public async Task A_transaction_whose_answer_was_lost_is_not_stored_twice()
    {
        ImportSamples.Tar(folder["a.tar.gz"], [.. Enumerable.Range(0, 12).Select(i => ($"{i}.json", Bytes(ImportSamples.Stay($"m{i}", 4))))]);
        await Assert.ThrowsAsync<InvalidOperationException>(() => ImportAsync(new LosingAnswers(Target(), after: 5), default, folder["a.tar.gz"]));
        var stored = await ScalarAsync<long>("select count(*) from records.log");
        Assert.InRange(stored, 6 * 5, 12 * 5);

        var report = await ImportAsync(false, folder["a.tar.gz"]);

        Assert.True(report.Complete, Describe(report));
        Assert.Equal(12 * 5, await ScalarAsync<long>("select count(*) from records.log"));
    }

    [Fact]
    public async Task A_transaction_is_not_sent_again_before_the_target_can_say_whether_it_has_it()
    {
        ImportSamples.Tar(folder["a.tar.gz"], ("0.json", Bytes(ImportSamples.Stay("silent", 4))));
        using var target = new FallingSilent(Target(), unanswered: 2);

        var report = await ImportAsync(target, default, folder["a.tar.gz"]);

        Assert.True(report.Complete, Describe(report));
        Assert.Equal(1, target.Sent);
        Assert.Equal(5, await ScalarAsync<long>("select count(*) from records.log"));
    }

    [Fact]
    public async Task A_changed_source_is_imported_from_its_beginning()
    {
        File.WriteAllLines(folder["a.ndjson"], Enumerable.Range(0, 2000).Select(i => ImportSamples.Patient($"p{i}")));
        using var stop = new CancellationTokenSource();
        await ImportAsync(new Interrupting(Target(), after: 2, stop), stop.Token, folder["a.ndjson"]);
        File.AppendAllLines(folder["a.ndjson"], [ImportSamples.Patient("new")]);
        var report = await ImportAsync(false, folder["a.ndjson"]);
        Assert.True(report.Complete, Describe(report));
        Assert.Equal(2001, report.Resources);
        Assert.Contains("has changed", Assert.Single(report.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_of_a_record_that_is_gone_is_not_believed()
    {
        File.WriteAllLines(folder["a.ndjson"], Enumerable.Range(0, 2000).Select(i => ImportSamples.Patient($"p{i}")));
        using var stop = new CancellationTokenSource();
        var before = await ImportAsync(new Interrupting(Target(), after: 2, stop), stop.Token, folder["a.ndjson"]);
        Assert.NotEqual(0, before.Resources);
        await using var other = await TestDatabase.CreateAsync(new MigrationSet("records", typeof(RecordsModule).Assembly));
        await using var app = await StartAsync(other.ConnectionString, []);
        var emptied = new Renamed(ActivatorUtilities.CreateInstance<RecordTarget>(app.Services), Target().Name);
        var report = await ImportAsync(emptied, default, folder["a.ndjson"]);
        Assert.True(report.Complete, Describe(report));
        Assert.Equal(2000, report.Resources);
        Assert.Contains("not in the record any more", Assert.Single(report.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_stored_but_not_found_fails_the_import()
    {
        File.WriteAllLines(folder["a.ndjson"], Enumerable.Range(0, 250).Select(i => ImportSamples.Patient($"p{i}")));
        var report = await ImportAsync(new Forgetful(Target(), "p17"), default, folder["a.ndjson"]);
        Assert.False(report.Complete);
        var count = Assert.Single(report.Counts);
        Assert.Equal((250, 250, 249), (count.In, count.Stored, count.Searchable));
        var missing = Assert.Single(report.Rejected);
        Assert.Equal(("p17", 18), (missing.Id, missing.Line));
        Assert.Contains("a search for its id does not find it", missing.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_one_clear_line()
    {
        File.WriteAllText(folder["a.json"], ImportSamples.Patient("a"));
        using var importer = Importer.IntoServer(new Uri("http://127.0.0.1:9"), new RecordsOptions(), TimeProvider.System);
        var outcome = await importer.RunAsync(new ImportOrder([folder["a.json"]]) { StateFolder = folder["state"] }, default);
        Assert.True(outcome.Failed(out var failure));
        Assert.Contains("http://127.0.0.1:9/fhir does not answer", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_over_the_servers_limit_is_rejected_with_the_limit()
    {
        File.WriteAllText(folder["a.json"], ImportSamples.Stay("m", 50));
        using var importer = Importer.IntoServer(Address, new RecordsOptions { MaxBodyBytes = 5000 }, TimeProvider.System);
        var report = (await importer.RunAsync(new ImportOrder([folder["a.json"]]) { StateFolder = folder["state"] }, default)).Value;
        Assert.Contains("larger than 5,000 bytes", Assert.Single(report.Rejected).Reason, StringComparison.Ordinal);
    }

    private async Task<int> CountAsync(string search) => (int)(await Fhir.SearchAsync(search)).Json["total"]!;

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static string Describe(ImportReport report) => string.Join('\n', report.Rejected.Select(r => $"{r.File}:{r.Line} {r.Type}/{r.Id} {r.Reason}")) + report.Stopped;

    private IServiceProvider Services => Get<IServiceProvider>();

    private RecordTarget Target() => ActivatorUtilities.CreateInstance<RecordTarget>(Services);

    private async Task<ImportReport> ImportAsync(bool http, params string[] paths)
    {
        using var importer = http ? Importer.IntoServer(Address, new RecordsOptions(), TimeProvider.System) : Importer.IntoRecord(Services);
        return await RunAsync(importer, paths, default);
    }

    private async Task<ImportReport> ImportAsync(IImportTarget target, CancellationToken stop, params string[] paths)
    {
        using var importer = new Importer(target, FhirDefinitions.R4, TimeProvider.System);
        return await RunAsync(importer, paths, stop);
    }

    private async Task<ImportReport> RunAsync(Importer importer, string[] paths, CancellationToken stop)
    {
        var order = new ImportOrder(paths) { StateFolder = folder["state"], RejectedFile = folder["rejected.ndjson"] };
        var outcome = await importer.RunAsync(order, stop);
        Assert.False(outcome.Failed(out var failure), failure?.ToString());
        return outcome.Value;
    }
}
