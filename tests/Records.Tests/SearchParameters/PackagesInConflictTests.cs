using Salus.Records.SearchParameters;
using Salus.Records.Tests.Support;
using Salus.Records.Tests.Validation;
using Salus.TestSupport;

namespace Salus.Records.Tests.SearchParameters;

/// <summary>Packages with search parameters at the same id, and one that is no search parameter at all.</summary>
public sealed class PackagesInConflictTests(PackagesInConflictTests.Server server) : IClassFixture<PackagesInConflictTests.Server>
{
    public sealed class Server : StructuralServer, IAsyncLifetime
    {
        public string Folder { get; } = Directory.CreateTempSubdirectory(TestFolder.Prefix).FullName;

        internal IEnumerable<KeyValuePair<string, string?>> All => Settings;

        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [.. base.Settings, new("Salus:Records:Packages", Folder)];

        async Task IAsyncLifetime.InitializeAsync()
        {
            Write("one", Resource("shared", "code-of-one", "Patient"), Resource("only-one", "only-one", "Patient"));
            Write("two", Resource("shared", "code-of-two", "Patient"), Resource("baseless", "baseless", null), Resource("only-two", "only-two", "Patient"));
            await InitializeAsync();
        }

        async Task IAsyncLifetime.DisposeAsync()
        {
            await DisposeAsync();
            Directory.Delete(Folder, recursive: true);
        }

        private void Write(string name, params string[] resources) => TestPackage.Write(
            Path.Combine(Folder, $"{name}.tgz"),
            [
                ("package/package.json", $$"""{"name":"example.{{name}}","version":"1.0.0","title":"A guide","fhirVersions":["4.0.1"]}"""),
                .. resources.Select((r, i) => ($"package/SearchParameter-{i}.json", r)),
            ]);

        private static string Resource(string id, string code, string? on) =>
            $$"""
            {"resourceType":"SearchParameter","id":"{{id}}","url":"http://example.org/guide/{{code}}","name":"X","status":"active","description":"x","code":"{{code}}",
             {{(on is null ? "" : $"\"base\":[\"{on}\"],")}}"type":"token","expression":"Patient.language"}
            """;
    }

    [Fact]
    public async Task One_has_the_id_and_no_start_writes_it_again()
    {
        await DecidedAsync(server.Get<PackageParameters>());
        for (var start = 0; start < 2; start++)
        {
            await using var again = await RecordServer.StartAsync(server.ConnectionString, server.All);
            var parameters = (PackageParameters)again.Services.GetService(typeof(PackageParameters))!;
            await DecidedAsync(parameters);
            var reasons = parameters.Decided!.Where(d => d.Code.StartsWith("code-of-", StringComparison.Ordinal)).Select(d => d.Skipped).ToList();
            Assert.Equal(2, reasons.Count);
            Assert.Contains("SearchParameter/shared is that of another package", Assert.Single(reasons, r => r is not null), StringComparison.Ordinal);
        }

        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from records.log where id = 'shared'"));
    }

    [Fact]
    public async Task One_that_names_no_type_is_skipped_and_the_server_goes_on()
    {
        await DecidedAsync(server.Get<PackageParameters>());
        var decided = server.Get<PackageParameters>().Decided!.ToDictionary(d => d.Code, d => d.Skipped);
        Assert.Contains("names no resource type", decided["baseless"], StringComparison.Ordinal);
        Assert.Equal((null, null), (decided["only-one"], decided["only-two"]));
        await Eventually.TrueAsync(async () => (await server.Fhir.GetAsync("Patient?only-one=de&only-two=de")).Status == 200, 60);
    }

    private static Task DecidedAsync(PackageParameters parameters) => Eventually.TrueAsync(() => parameters.Decided is not null, 60);
}
