using System.IO.Compression;
using Salus.Kernel;
using Salus.Records.Tests.Support;
using Salus.TestSupport;
using static Salus.Records.Tests.Terminology.Calls;

namespace Salus.Records.Tests.Terminology;

public sealed class LoadTests(RecordServer server) : IClassFixture<RecordServer>, IDisposable
{
    private const string Icd = "http://hl7.org/fhir/sid/icd-10-cm";

    private readonly FhirClient fhir = server.Fhir;
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task An_order_file_becomes_a_hierarchy_of_codes_that_can_be_billed_or_not()
    {
        var report = await LoadAsync("icd-10-cm", Write("icd10cm-order-2031.txt", LoadSamples.Icd));
        Assert.Equal((Icd, "2031", 6L, "CodeSystem/icd-10-cm-2031"), (report.Url, report.Version, report.Concepts, report.Resource));
        var lookup = await fhir.CallAsync("CodeSystem/$lookup", "system", Icd, "code", "A01.01", "version", "2031");
        Assert.Equal("Typhoid meningitis, long", (string?)lookup.Out("display"));
        Assert.Equal("A01.0", lookup.Property("parent"));
        Assert.Equal("true", lookup.Property("billable"));
        Assert.Equal("A01.00 A01.01", (await fhir.PostCallAsync("ValueSet/$expand?excludeNested=true", Billable("A01"))).Codes());
        var resource = (await fhir.GetAsync("CodeSystem/icd-10-cm-2031")).Ok().Json;
        Assert.Equal(("not-present", 6), ((string)resource["content"]!, (int)resource["count"]!));
        Assert.True((bool)(await fhir.CallAsync("CodeSystem/icd-10-cm-2031/$validate-code", "code", "A00")).Out("result")!);
        Assert.Equal("A01.00 A01.01", (await fhir.CallAsync("ValueSet/$expand", "url", $"{Icd}?fhir_vs", "valueSetVersion", "2031", "filter", "a010 typh", "count", "2", "offset", "1")).Codes());
    }

    [Fact]
    public async Task A_load_that_breaks_off_leaves_what_was_there_and_the_same_command_repairs_it()
    {
        await LoadAsync("icd-10-cm", Write("icd10cm-order-2032.txt", LoadSamples.Icd));
        var broken = Write("icd10cm-order-2032.txt", LoadSamples.Icd.Replace("Cholera ", "Changed ", StringComparison.Ordinal) + "\n00007 B\n");
        var outcome = await Loader().RunAsync(Caller.System, new LoadOrder("icd-10-cm", [broken]), CancellationToken.None);
        Assert.True(outcome.Failed(out var failure));
        Assert.Contains("icd10cm-order-2032.txt:8", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal("Cholera long", (string?)(await LookupAsync(Icd, "A00", "2032")).Out("display"));

        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Loader().RunAsync(Caller.System, new LoadOrder("icd-10-cm", [broken]), stop.Token));
        await LoadAsync("icd-10-cm", Write("icd10cm-order-2032.txt", LoadSamples.Icd.Replace("Cholera ", "Changed ", StringComparison.Ordinal)));
        Assert.Equal("Changed long", (string?)(await LookupAsync(Icd, "A00", "2032")).Out("display"));
    }

    [Fact]
    public async Task The_same_files_are_not_loaded_twice_unless_that_is_asked_for()
    {
        var file = Write("icd10cm-order-2033.txt", LoadSamples.Icd);
        Assert.False((await LoadAsync("icd-10-cm", file)).WasThere);
        Assert.True((await LoadAsync("icd-10-cm", file)).WasThere);
        Assert.False((await LoadAsync("icd-10-cm", new LoadOrder("icd-10-cm", [file]) { Again = true })).WasThere);
    }

    [Fact]
    public async Task What_an_interruption_between_table_and_resource_leaves_answers_nobody_and_is_completed()
    {
        await LoadAsync("icd-10-cm", Write("icd10cm-order-2034.txt", LoadSamples.Icd));
        Assert.Equal(1L, await server.ScalarAsync<long>("with moved as (update records.concept_system set version = '2035' where version = '2034' returning 1) select count(*) from moved"));
        Assert.Equal(404, (await LookupAsync(Icd, "A00", "2035")).Status);
        Assert.True((await LoadAsync("icd-10-cm", Write("icd10cm-order-2035.txt", LoadSamples.Icd))).WasThere);
        Assert.Equal("Cholera long", (string?)(await LookupAsync(Icd, "A00", "2035")).Out("display"));
    }

    [Fact]
    public async Task The_concepts_go_with_the_resource_that_stands_for_them()
    {
        var file = Write("icd10cm-order-2036.txt", LoadSamples.Icd);
        await LoadAsync("icd-10-cm", file);
        await using var other = await RecordServer.StartAsync(server.ConnectionString, []);
        using var second = new FhirClient(new Uri(other.Urls.First()));
        Assert.Equal(200, (await second.CallAsync("CodeSystem/$lookup", "system", Icd, "code", "A00", "version", "2036")).Status);
        Assert.Equal(204, (await fhir.DeleteAsync("CodeSystem/icd-10-cm-2036")).Status);
        Assert.Equal(404, (await LookupAsync(Icd, "A00", "2036")).Status);
        await Eventually.TrueAsync(async () => (await second.CallAsync("CodeSystem/$lookup", "system", Icd, "code", "A00", "version", "2036")).Status == 404);
        await GoneAsync("2036");
        // It comes back as it was.
        Assert.False((await LoadAsync("icd-10-cm", file)).WasThere);
        Assert.Equal("Cholera long", (string?)(await LookupAsync(Icd, "A00", "2036")).Out("display"));
    }

    [Fact]
    public async Task A_resource_with_concepts_of_its_own_takes_the_place_of_the_table()
    {
        await LoadAsync("icd-10-cm", Write("icd10cm-order-2037.txt", LoadSamples.Icd));
        var resource = (await fhir.GetAsync("CodeSystem/icd-10-cm-2037")).Ok().Json;
        resource["title"] = "Another title";
        await fhir.StoreAsync(resource);
        Assert.Equal("Cholera long", (string?)(await LookupAsync(Icd, "A00", "2037")).Out("display"));
        resource["content"] = "complete";
        resource["concept"] = System.Text.Json.Nodes.JsonNode.Parse("""[{"code":"A00","display":"Own"}]""");
        await fhir.StoreAsync(resource);
        Assert.Equal("Own", (string?)(await LookupAsync(Icd, "A00", "2037")).Out("display"));
        Assert.Equal(404, (await LookupAsync(Icd, "A01", "2037")).Status);
        await GoneAsync("2037");
        Assert.Equal("Own", (string?)(await LookupAsync(Icd, "A00", "2037")).Out("display"));
    }

    [Fact]
    public async Task Loads_and_deletions_at_once_leave_a_resource_with_its_table_or_neither()
    {
        var file = Write("icd10cm-order-2038.txt", LoadSamples.Icd);
        for (var round = 0; round < 8; round++)
        {
            var load = Task.Run(() => Loader().RunAsync(Caller.System, new LoadOrder("icd-10-cm", [file]) { Again = round % 2 == 0 }, CancellationToken.None));
            await fhir.DeleteAsync("CodeSystem/icd-10-cm-2038");
            await load;
            await Eventually.TrueAsync(async () =>
                await server.ScalarAsync<long>("select min(position) from records.feed_consumer where name = 'records.concepts'") == await server.HeadAsync());
            var stands = (await fhir.GetAsync("CodeSystem/icd-10-cm-2038")).Status == 200;
            Assert.Equal(stands ? 6L : 0L, await server.ScalarAsync<long>("select count(*) from records.concept c join records.concept_system s on s.id = c.system where s.version = '2038'"));
            Assert.Equal(stands ? 200 : 404, (await LookupAsync(Icd, "A00", "2038")).Status);
        }
    }

    [Fact]
    public async Task Loads_of_one_version_at_once_take_turns_and_all_succeed()
    {
        string[] files = [Write("icd10cm-order-2039.txt", LoadSamples.Icd), Write("other-icd10cm-order-2039.txt", LoadSamples.Icd.Replace("Cholera long", "Cholera otherwise", StringComparison.Ordinal))];
        for (var round = 0; round < 6; round++)
        {
            var loads = await Task.WhenAll(Enumerable.Range(0, 4).Select(i =>
                Task.Run(() => Loader().RunAsync(Caller.System, new LoadOrder("icd-10-cm", [files[i % 2]]) { Again = true, Version = "2039" }, CancellationToken.None))));
            Assert.All(loads, l => Assert.False(l.Failed(out var failure), failure?.ToString()));
            Assert.All(loads, l => Assert.Equal((6L, false), (l.Value.Concepts, l.Value.WasThere)));
            Assert.Equal(6L, await server.ScalarAsync<long>("select count(*) from records.concept c join records.concept_system s on s.id = c.system where s.version = '2039'"));
            Assert.StartsWith("Cholera ", (string?)(await LookupAsync(Icd, "A00", "2039")).Out("display"), StringComparison.Ordinal);
        }
    }

    private Task GoneAsync(string version) => Eventually.TrueAsync(async () => await server.ScalarAsync<long>($"select count(*) from records.concept_system where version = '{version}'") == 0);

    [Fact]
    public async Task Loinc_comes_from_its_archive_with_parts_and_answers()
    {
        var report = await LoadAsync("loinc", Zip("Loinc_2.99.zip", LoadSamples.Loinc));
        Assert.Equal(("http://loinc.org", "2.99", 8L), (report.Url, report.Version, report.Concepts));
        var lookup = await LookupAsync("http://loinc.org", "8867-4", null);
        Assert.Equal("Heart rate, \"beats\"", (string?)lookup.Out("display"));
        Assert.Equal("NRat", lookup.Property("PROPERTY"));
        Assert.Equal("LP100-1", lookup.Property("parent"));
        Assert.Equal("true", (await LookupAsync("http://loinc.org", "1-8", null)).Property("inactive"));
        Assert.Equal("LA1-1 LA2-2", (await fhir.CallAsync("ValueSet/$expand", "url", "http://loinc.org/vs/LL1-1")).Codes());
        Assert.Equal("8867-4", (await fhir.PostCallAsync("ValueSet/$expand", TerminologySamples.Set("x", """{"include":[{"system":"http://loinc.org","filter":[{"property":"CLASS","op":"=","value":"HRTRATE.ATOM"}]}]}"""))).Codes());
        Assert.Equal("subsumes", (string?)(await fhir.CallAsync("CodeSystem/$subsumes", "system", "http://loinc.org", "codeA", "LP1-1", "codeB", "8867-4")).Out("outcome"));
    }

    [Fact]
    public async Task RxNorm_keeps_its_own_names_relations_and_attributes()
    {
        const string RxNorm = "http://www.nlm.nih.gov/research/umls/rxnorm";
        var report = await LoadAsync("rxnorm", Zip("RxNorm_full_01022030.zip", LoadSamples.RxNorm));
        Assert.Equal(("01022030", 3L), (report.Version, report.Concepts));
        var lookup = await LookupAsync(RxNorm, "201", null);
        Assert.Equal("aspirin 325 MG Oral Tablet", (string?)lookup.Out("display"));
        Assert.Equal("SCD", lookup.Property("TTY"));
        Assert.Equal("325 MG", lookup.Property("RXN_AVAILABLE_STRENGTH"));
        Assert.Equal("200", lookup.Property("has_ingredient"));
        Assert.Equal("202", lookup.Property("parent"));
        Assert.Contains("ASA 325 tablet", lookup.Parts("designation").Select(d => (string)d["value"]!));
    }

    [Fact]
    public async Task Snomed_comes_from_the_snapshot_with_preferred_names_and_subsumption()
    {
        var report = await LoadAsync("snomed", Zip("SnomedCT_InternationalRF2.zip", LoadSamples.Snomed));
        Assert.Equal(("http://snomed.info/sct/900000000000207008/version/20300131", 4L), (report.Version, report.Concepts));
        var lookup = await LookupAsync("http://snomed.info/sct", "22298006", null);
        Assert.Equal("Heart attack", (string?)lookup.Out("display"));
        Assert.Equal("true", lookup.Property("sufficientlyDefined"));
        Assert.Equal("80891009", lookup.Property("363698007"));
        Assert.Equal("22298006 64572001", string.Join(' ', (await fhir.CallAsync("ValueSet/$expand", "url", "http://snomed.info/sct?fhir_vs=isa/64572001", "count", "10")).Codes().Split(' ').Order()));
        Assert.Equal("true", (await LookupAsync("http://snomed.info/sct", "999", null)).Property("inactive"));
        Assert.Equal("22298006", (await fhir.CallAsync("ValueSet/$expand", "url", "http://snomed.info/sct?fhir_vs=isa/64572001", "filter", "myocardial infarc")).Codes());
    }

    [Fact]
    public async Task Asked_for_in_its_own_language_a_code_keeps_its_display()
    {
        await LoadAsync("icd-10-cm", Write("icd10cm-order-2034.txt", LoadSamples.Icd));
        await LoadAsync("loinc", Zip("Loinc_2.98.zip", LoadSamples.Loinc));
        await LoadAsync("rxnorm", Zip("RxNorm_full_01022031.zip", LoadSamples.RxNorm));
        await LoadAsync("cpt", new LoadOrder("cpt", [Write("cpt.txt", "CPT Code\tLong\tShort\n99213\tOffice visit, established patient\tOffice visit\n")]) { Version = "2034" });
        await LoadAsync("snomed", Zip("SnomedCT_InternationalRF2.zip", LoadSamples.Snomed));
        foreach (var (system, version, code, display) in new[]
        {
            (Icd, "2034", "A00", "Cholera long"), ("http://loinc.org", "2.98", "8867-4", "Heart rate, \"beats\""), ("http://snomed.info/sct", null, "22298006", "Heart attack"),
            ("http://www.nlm.nih.gov/research/umls/rxnorm", "01022031", "201", "aspirin 325 MG Oral Tablet"), ("http://www.ama-assn.org/go/cpt", "2034", "99213", "Office visit, established patient"),
        })
        {
            foreach (var language in new[] { "en", "en-US", "de" })
            {
                var lookup = await fhir.CallAsync("CodeSystem/$lookup", ["system", system, "code", code, "displayLanguage", language, .. version is null ? [] : new[] { "version", version }]);
                Assert.Equal($"{code} {language} {display}", $"{code} {language} {lookup.Out("display")}");
            }
        }
    }

    [Theory]
    [InlineData("named.txt", "CPT Code\tLong\tShort\n99213\tOffice visit, established patient\tOffice visit\n0001F\tHeart failure composite\tHF\n", "Office visit, established patient")]
    [InlineData("plain.txt", "CPT copyright notice of the publisher\n\n99213\tOffice visit\n0001F Heart failure composite\n", "Office visit")]
    public async Task Cpt_is_read_from_delimited_text(string name, string text, string display)
    {
        var report = await LoadAsync("cpt", new LoadOrder("cpt", [Write(name, text)]) { Version = name });
        Assert.Equal(2, report.Concepts);
        Assert.Equal(display, (string?)(await LookupAsync("http://www.ama-assn.org/go/cpt", "99213", name)).Out("display"));
    }

    [Theory]
    [InlineData("icd-10-cm", "order.txt", "x", "--version 2021")]
    [InlineData("icd-10-cm", "other.csv", "x", "order file")]
    [InlineData("loinc", "Loinc.csv", "A,B\n1,2\n", "--version 2.77")]
    [InlineData("rxnorm", "x.txt", "x", "RXNCONSO.RRF")]
    [InlineData("snomed", "x.txt", "x", "sct2_Concept_")]
    [InlineData("cpt", "x.txt", "x", "--version 2024")]
    [InlineData("icd-9", "x.txt", "x", "icd-10-cm, loinc")]
    public async Task Files_of_another_layout_are_refused_with_the_way_out(string format, string name, string text, string named)
    {
        var outcome = await Loader().RunAsync(Caller.System, new LoadOrder(format, [Write(name, text)]), CancellationToken.None);
        Assert.True(outcome.Failed(out var failure));
        Assert.Contains(named, failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_without_a_needed_column_names_it_and_the_line()
    {
        var outcome = await Loader().RunAsync(Caller.System, new LoadOrder("loinc", [Write("Loinc.csv", "LOINC_NUM,STATUS\n1-8,ACTIVE\n")]) { Version = "1" }, CancellationToken.None);
        Assert.True(outcome.Failed(out var failure));
        Assert.Contains("Loinc.csv:2", failure.ToString(), StringComparison.Ordinal);
        Assert.Contains("LONG_COMMON_NAME", failure.ToString(), StringComparison.Ordinal);
    }

    [DataFact("icd10cm")]
    public async Task The_whole_of_ICD_10_CM_is_loaded_and_every_line_is_found()
    {
        var report = await LoadAsync("icd-10-cm", TestData.Find("icd10cm")!);
        Assert.Equal((95_358L, 0L, "2021"), (report.Concepts, report.Repeated, report.Version));
        Assert.Equal(95_358, (await fhir.CallAsync("ValueSet/$expand", "url", $"{Icd}?fhir_vs", "valueSetVersion", "2021", "count", "0")).Total());
        Assert.Equal(72_621, (await fhir.PostCallAsync("ValueSet/$expand?count=0", TerminologySamples.Set("x", $$"""{"include":[{"system":"{{Icd}}","version":"2021","filter":[{"property":"billable","op":"=","value":"true"}]}]}"""))).Total());
        var lookup = await LookupAsync(Icd, "S72.001A", "2021");
        Assert.Equal("S72.001", lookup.Property("parent"));
        Assert.Equal("Fracture of unspecified part of neck of right femur, initial encounter for closed fracture", (string?)lookup.Out("display"));
        var found = await fhir.CallAsync("ValueSet/$expand", "url", $"{Icd}?fhir_vs", "valueSetVersion", "2021", "filter", "fract neck fem right", "count", "5");
        Assert.Equal(5, found.Codes().Split(' ').Length);
        Assert.All(Contains(found.Json["expansion"]!), c => Assert.Contains("right", ((string)c["display"]!).ToLowerInvariant(), StringComparison.Ordinal));
    }

    private static System.Text.Json.Nodes.JsonObject Billable(string below) => TerminologySamples.Set("billable",
        $$"""{"include":[{"system":"{{Icd}}","version":"2031","filter":[{"property":"billable","op":"=","value":"true"},{"property":"concept","op":"is-a","value":"{{below}}"}]}]}""");

    private Task<Answer> LookupAsync(string system, string code, string? version) =>
        fhir.CallAsync("CodeSystem/$lookup", ["system", system, "code", code, .. version is null ? [] : new[] { "version", version }]);

    private TerminologyLoader Loader() => TerminologyLoader.Into(server.Get<IServiceProvider>());

    private Task<LoadReport> LoadAsync(string format, string path) => LoadAsync(format, new LoadOrder(format, [path]));

    private async Task<LoadReport> LoadAsync(string format, LoadOrder order)
    {
        var outcome = await Loader().RunAsync(Caller.System, order, CancellationToken.None);
        Assert.False(outcome.Failed(out var failure), $"{format}: {failure}");
        return outcome.Value;
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(folder[name], text);
        return folder[name];
    }

    private string Zip(string name, IEnumerable<KeyValuePair<string, string>> entries)
    {
        using var archive = ZipFile.Open(folder[name], ZipArchiveMode.Create);
        foreach (var (path, text) in entries)
        {
            using var writer = new StreamWriter(archive.CreateEntry(path).Open());
            writer.Write(text);
        }

        return folder[name];
    }
}
