using Salus.Fhir.Views;
using Salus.Records.Tests.Support;
using Salus.TestSupport;
using Xunit.Abstractions;

namespace Salus.Records.Tests.Views;

/// <summary>Runs every official test of SQL on FHIR v2 on the tables that are kept of views.</summary>
public sealed class OfficialViewDatabaseTests(UncheckedRecordServer server, ITestOutputHelper output) : IClassFixture<UncheckedRecordServer>
{
    [Fact]
    public async Task Every_official_test_passes_on_tables_kept_by_the_feed_and_on_tables_built_anew()
    {
        if (SharedData.Find("sql-on-fhir") is not { } folder)
        {
            output.WriteLine("Skipped: the official SQL on FHIR tests are not there.");
            return;
        }

        var runner = new ViewDatabaseRunner(server.Get<IServiceProvider>());
        var report = new ViewReport();
        var failures = new List<string>();
        foreach (var suite in ViewSuite.ReadAll(Directory.GetFiles(folder).Select(f => (Path.GetFileName(f), File.ReadAllBytes(f)))))
        {
            foreach (var (test, (byFeed, byFill)) in suite.Tests.Zip(await runner.RunAsync(suite, CancellationToken.None)))
            {
                var reason = test.Judge(byFeed) is { } first ? $"kept by the feed: {first}" : test.Judge(byFill) is { } second ? $"built anew: {second}" : null;
                report.Add(suite, test, reason);
                if (reason is not null)
                {
                    failures.Add($"{suite.File}/{test.Title}: {reason}");
                }
            }
        }

        Assert.Empty(failures);
        Assert.True(report.Passed >= 100, $"only {report.Passed} tests were found");
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'views' and c.relkind in ('r', 'v')"));
        var section = new ConformanceSection(
            "views-database",
            "SQL on FHIR v2, as tables in PostgreSQL",
            """
            The same tests on the tables that Salus keeps of active views. Each runs twice: the change feed brings the resources into a table that is there, then the
            table is built anew over the resources that are there. Run by `tests/Records.Tests/Views/OfficialViewDatabaseTests.cs`, and by
            `./salus views test DIR --runner database`.
            """,
            [.. report.Files.Select(f => new ConformanceCount(f.File, f.Passed, f.Tests))],
            []);
        Assert.Null(ConformancePage.Difference(Sources.Root, section));
    }
}

/// <summary>A record that takes what is readable: resources of the tests are about views, and some lack what R4 requires.</summary>
public sealed class UncheckedRecordServer : RecordServer
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Salus:Records:Validation", nameof(ValidationPolicy.Off))];
}
