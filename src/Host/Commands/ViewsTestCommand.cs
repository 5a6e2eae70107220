using System.CommandLine;
using System.Text.Json;
using Salus.Fhir.Definitions;
using Salus.Fhir.Views;
using Salus.Kernel;

namespace Salus.Host.Commands;

/// <summary><c>salus views test</c>: the official tests of SQL on FHIR v2. Exit code 0: all passed; 1: some failed; 2: could not begin.</summary>
internal static class ViewsTestCommand
{
    public static Command Build()
    {
        var folder = new Argument<string>("folder") { Description = "The folder of the official test files (*.json)." };
        var runner = new Option<string>("--runner") { Description = "process: resources in, rows out; database: tables that the change feed keeps. Default: process.", DefaultValueFactory = _ => "process" };
        runner.AcceptOnlyFromAmong("process", "database");
        var report = new Option<string?>("--report") { Description = "A file for the results, in the official form of a test report." };
        var command = new Command("test", "Runs the official SQL on FHIR tests and prints each failure.") { folder, runner, report };
        command.SetAction((parsed, stop) => RunAsync(parsed.GetValue(folder)!, parsed.GetValue(runner) == "database", parsed.GetValue(report), stop));
        return command;
    }

    private static async Task<int> RunAsync(string folder, bool inDatabase, string? reportFile, CancellationToken stop)
    {
        try
        {
            var suites = ViewSuite.ReadAll(Directory.GetFiles(InputFile.NeedFolder(folder)).Select(f => (Path.GetFileName(f), File.ReadAllBytes(f))));
            var report = inDatabase ? await ViewTestDatabase.RunAsync(suites, stop) : InProcess(suites);
            await Console.Out.WriteLineAsync($"{report.Passed} passed, {report.Failed} failed");
            if (reportFile is not null)
            {
                await File.WriteAllBytesAsync(reportFile, report.ToJson(), stop);
            }

            return report.Failed == 0 ? 0 : 1;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or JsonException or KeyNotFoundException or TimeoutException or CannotStartException)
        {
            await Console.Error.WriteLineAsync($"salus: {e.Message}");
            return 2;
        }
    }

    private static ViewReport InProcess(IReadOnlyList<ViewSuite> suites)
    {
        var report = new ViewReport();
        foreach (var suite in suites)
        {
            foreach (var test in suite.Tests)
            {
                Note(report, suite, test, test.Judge(ProcessRunner.Run(suite, test, FhirDefinitions.R4)));
            }
        }

        return report;
    }

    /// <summary>Notes a result, and prints it when it is a failure.</summary>
    internal static void Note(ViewReport report, ViewSuite suite, ViewTest test, string? reason)
    {
        report.Add(suite, test, reason);
        if (reason is not null)
        {
            Console.WriteLine($"failed: {suite.File}: {test.Title}: {reason}");
        }
    }
}
