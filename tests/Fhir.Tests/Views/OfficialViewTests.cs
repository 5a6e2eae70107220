using Salus.Fhir.Definitions;
using Salus.Fhir.Views;
using Salus.TestSupport;
using Xunit.Abstractions;

namespace Salus.Fhir.Tests.Views;

/// <summary>Runs every official test of SQL on FHIR v2 in process.</summary>
public class OfficialViewTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_official_test_passes_in_process()
    {
        if (SharedData.Find("sql-on-fhir") is not { } folder)
        {
            output.WriteLine("Skipped: the official SQL on FHIR tests are not there.");
            return;
        }

        var report = new ViewReport();
        var failures = new List<string>();
        foreach (var suite in ViewSuite.ReadAll(Directory.GetFiles(folder).Select(f => (Path.GetFileName(f), File.ReadAllBytes(f)))))
        {
            foreach (var test in suite.Tests)
            {
                var reason = test.Judge(ProcessRunner.Run(suite, test, FhirDefinitions.R4));
                report.Add(suite, test, reason);
                if (reason is not null)
                {
                    failures.Add($"{suite.File}/{test.Title}: {reason}");
                }
            }
        }

        failures.ForEach(output.WriteLine);
        Assert.Empty(failures);
        Assert.True(report.Passed >= 100, $"only {report.Passed} tests were found");
        var section = new ConformanceSection(
            "views",
            "SQL on FHIR v2, in process",
            """
            The official tests of view definitions ([FHIR/sql-on-fhir-v2](https://github.com/FHIR/sql-on-fhir-v2)): resources in, rows out.
            Run by `tests/Fhir.Tests/Views/OfficialViewTests.cs`, and by `./salus views test DIR`.
            """,
            [.. report.Files.Select(f => new ConformanceCount(f.File, f.Passed, f.Tests))],
            []);
        Assert.Null(ConformancePage.Difference(Sources.Root, section));
    }
}
