using Salus.Records.SearchParameters;
using Salus.Records.Tests.Support;
using Salus.Records.Tests.Validation;
using Salus.TestSupport;

namespace Salus.Records.Tests.SearchParameters;

/// <summary>SearchParameter resources of loaded packages.</summary>
public sealed class PackageParameterTests(PackageParameterTests.Server server) : IClassFixture<PackageParameterTests.Server>
{
    private const string Colour = "http://example.org/colour";

    private static readonly (string Id, string Code, string Type, string Expression, string More)[] Guide =
    [
        // In front of what it consists of.
        ("a-pair", "role-actor", "composite", "Procedure.performer", " \"component\":[{\"definition\":\"http://example.org/guide/b-role\",\"expression\":\"function\"},{\"definition\":\"http://example.org/guide/c-actor\",\"expression\":\"actor\"}]"),
        ("b-role", "role", "token", "Procedure.performer.function", ""),
        ("c-actor", "guide-actor", "reference", "Procedure.performer.actor", ""),
        ("eyes", "eye-colour", "token", $"Patient.extension('{Colour}').value", ""),
        ("mine", "mine", "token", "Patient.language", ""),
        ("sex", "gender", "token", "Patient.gender", ""),
        ("clash", "gender", "string", "Patient.name.family", ""),
        ("broken", "broken", "token", "Patient.nonsense", ""),
        ("draft", "drafted", "token", "Patient.language", ""),
    ];

    private static string Resource((string Id, string Code, string Type, string Expression, string More) p) =>
        $$"""
        {"resourceType":"SearchParameter","id":"{{p.Id}}","url":"http://example.org/guide/{{p.Id}}","name":"X","status":"{{(p.Id == "draft" ? "draft" : "active")}}","description":"x","code":"{{p.Code}}",
         "base":["{{p.Expression[..p.Expression.IndexOf('.', StringComparison.Ordinal)]}}"],"type":"{{p.Type}}","expression":"{{p.Expression}}"{{(p.More.Length > 0 ? "," + p.More : "")}}}
        """;

    private static string Write(string folder, params (string Id, string Code, string Type, string Expression, string More)[] parameters) => TestPackage.Write(
        Path.Combine(folder, "guide.tgz"),
        [
            ("package/package.json", """{"name":"example.guide","version":"1.0.0","title":"A guide","fhirVersions":["4.0.1"]}"""),
            .. parameters.Select(p => ($"package/SearchParameter-{p.Id}.json", Resource(p))),
            ("package/SearchParameter-own.json", """{"resourceType":"SearchParameter","id":"own","url":"http://hl7.org/fhir/SearchParameter/individual-gender","name":"gender","status":"active","description":"x","code":"gender","base":["Patient"],"type":"token","expression":"Patient.gender"}"""),
            ("package/SearchParameter-no-id.json", """{"resourceType":"SearchParameter","url":"http://example.org/guide/no-id","name":"X","status":"active","description":"x","code":"no-id","base":["Patient"],"type":"token","expression":"Patient.language"}"""),
        ]);

    public sealed class Server : StructuralServer, IAsyncLifetime
    {
        public string Folder { get; } = Directory.CreateTempSubdirectory(TestFolder.Prefix).FullName;

        protected override IEnumerable<KeyValuePair<string, string?>> Settings
        {
            get
            {
                Write(Folder, Guide);
                return [.. base.Settings, new("Salus:Records:Packages", Folder)];
            }
        }

        async Task IAsyncLifetime.DisposeAsync()
        {
            await DisposeAsync();
            Directory.Delete(Folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_is_new_is_searched_by_and_the_rest_is_skipped_with_a_reason()
    {
        await DecidedAsync(server);
        await server.Fhir.StoreAsync(Samples.Resource($$"""{"resourceType":"Patient","id":"blue","extension":[{"url":"{{Colour}}","valueCode":"blue"}]}"""));
        await server.Fhir.StoreAsync(Samples.Resource(
            """
            {"resourceType":"Procedure","id":"proc","status":"completed","subject":{"reference":"Patient/blue"},"performer":[{"function":{"coding":[{"code":"lead"}]},"actor":{"reference":"Practitioner/a"}},
             {"function":{"coding":[{"code":"aid"}]},"actor":{"reference":"Practitioner/b"}}]}
            """));
        foreach (var (query, id) in new[] { ("Patient?eye-colour=blue", "blue"), ("Procedure?role=lead", "proc"), ("Procedure?guide-actor=a", "proc"), ("Procedure?role-actor=lead$Practitioner/a", "proc") })
        {
            await Eventually.TrueAsync(async () => (await server.Fhir.GetAsync(query)).Status == 200, 60);
            Assert.Equal([id], await server.Fhir.IdsAsync(query));
        }

        Assert.Empty(await server.Fhir.IdsAsync("Procedure?role-actor=lead$Practitioner/b"));
        var decided = server.Get<PackageParameters>().Decided!.ToDictionary(d => d.Url, d => d.Skipped);
        Assert.Equal(11, decided.Count);
        foreach (var (name, reason) in new[]
        {
            ("guide/sex", "means the same as http://hl7.org/fhir/SearchParameter/individual-gender"), ("guide/clash", "has the search parameter 'gender' already"), ("guide/broken", "nonsense"),
            ("guide/draft", "status is draft"), ("guide/no-id", "no id"), ("fhir/SearchParameter/individual-gender", "R4 publishes it"),
        })
        {
            Assert.Contains(reason, decided.Single(d => d.Key.EndsWith(name, StringComparison.Ordinal)).Value, StringComparison.Ordinal);
        }

        Assert.Equal(5, decided.Values.Count(v => v is null));
        Assert.Equal(5, (await server.Fhir.IdsAsync("SearchParameter?_source=urn:salus:package")).Count);
        var status = (await server.Fhir.GetAsync(new Uri(server.Address, "/admin/search/reindex").ToString())).Json["packages"]!;
        Assert.Equal((5, 6), (status["taken"]!.AsArray().Count, status["skipped"]!.AsArray().Count));
    }

    [Fact]
    public async Task A_restart_changes_nothing_and_leaves_what_a_user_did()
    {
        await DecidedAsync(server);
        var versions = await server.ScalarAsync<long>("select count(*) from records.log where id in ('eyes', 'b-role', 'c-actor', 'a-pair')");
        Assert.Equal(204, (await server.Fhir.DeleteAsync("SearchParameter/mine")).Status);
        // Two that start at once, on a guide with another expression for one, and a process without any package.
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder["two"]);
        Write(folder["two"], [.. Guide.Select(g => g.Id == "c-actor" ? g with { Expression = "Procedure.asserter" } : g)]);
        KeyValuePair<string, string?>[] settings = [new("Salus:Records:Packages", folder["two"])];
        var both = await Task.WhenAll(RecordServer.StartAsync(server.ConnectionString, settings), RecordServer.StartAsync(server.ConnectionString, settings), RecordServer.StartAsync(server.ConnectionString, []));
        try
        {
            foreach (var one in both)
            {
                var parameters = one.Services.GetService(typeof(PackageParameters)) as PackageParameters;
                await Eventually.TrueAsync(() => parameters!.Decided is not null, 60);
            }

            var decided = (both[0].Services.GetService(typeof(PackageParameters)) as PackageParameters)!.Decided!;
            Assert.Contains("was deleted here", decided.Single(d => d.Code == "mine").Skipped, StringComparison.Ordinal);
            using var second = new FhirClient(new Uri(both[2].Urls.First()));
            await Eventually.TrueAsync(async () => (await second.GetAsync("Patient?eye-colour=blue")).Status == 200, 60);
            (await second.GetAsync("Patient?mine=x")).Refused(400, "mine");
            Assert.Equal("Procedure.asserter", (string?)(await second.GetAsync("SearchParameter/c-actor")).Json["expression"]);
            Assert.Equal(versions + 1, await server.ScalarAsync<long>("select count(*) from records.log where id in ('eyes', 'b-role', 'c-actor', 'a-pair')"));
        }
        finally
        {
            foreach (var one in both)
            {
                await one.DisposeAsync();
            }
        }
    }

    [DataFact("us-core")]
    public void US_Core_adds_race_and_ethnicity_and_each_other_one_has_its_reason()
    {
        using var folder = new TestFolder();
        var content = new PackageStore(folder["packages"]).Load(Directory.GetFiles(TestData.Find("us-core")!, "*.tgz").Single());
        Assert.Equal(74, content.SearchParameters.Count);
        Assert.Equal(["ethnicity", "race"], content.SearchParameters.Where(p => p.Skipped is null).Select(p => p.Code).Order());
        Assert.All(content.SearchParameters.Where(p => p.Code == "_id"), p => Assert.Contains("_id", p.Skipped, StringComparison.Ordinal));
        Assert.Contains("target-date", content.SearchParameters.Single(p => p.Code == "target-date").Skipped, StringComparison.Ordinal);
    }

    private static Task DecidedAsync(RecordServer server) => Eventually.TrueAsync(() => server.Get<PackageParameters>().Decided is not null, 60);
}
