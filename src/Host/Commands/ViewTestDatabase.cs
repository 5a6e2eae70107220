using Microsoft.Extensions.DependencyInjection.Extensions;
using Salus.Fhir.Definitions;
using Salus.Fhir.Views;
using Salus.Host.Web;
using Salus.Kernel;
using Salus.Records;
using Salus.Simulation;

namespace Salus.Host.Commands;

/// <summary>Official view tests on a record of their own, in a temporary folder that goes away with it.</summary>
internal static class ViewTestDatabase
{
    public static async Task<ViewReport> RunAsync(IReadOnlyList<ViewSuite> suites, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("salus-views-").FullName;
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                // PostgreSQL may run as another account, which has to reach its data.
                File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            }

            using var host = Build(folder);
            await host.StartAsync(ct);
            try
            {
                return await RunAsync(new ViewDatabaseRunner(host.Services), suites, ct);
            }
            finally
            {
                await host.StopAsync(CancellationToken.None);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<ViewReport> RunAsync(ViewDatabaseRunner runner, IReadOnlyList<ViewSuite> suites, CancellationToken ct)
    {
        var report = new ViewReport();
        foreach (var suite in suites)
        {
            var answers = await runner.RunAsync(suite, ct);
            foreach (var (test, (byFeed, byFill)) in suite.Tests.Zip(answers))
            {
                var reason = test.Judge(byFeed) is { } first ? $"kept by the feed: {first}" : test.Judge(byFill) is { } second ? $"built anew: {second}" : null;
                ViewsTestCommand.Note(report, suite, test, reason);
            }
        }

        return report;
    }

    private static IHost Build(string folder)
    {
        var builder = RecordHost.Builder(Path.Combine(folder, "data"));
        // The tests' resources are about views; some lack what R4 requires.
        builder.Configuration.AddInMemoryCollection([new("Salus:Records:Validation", nameof(ValidationPolicy.Off)), new("Salus:Postgres", "")]);
        RecordHost.AddRecord(builder);
        return builder.Build();
    }
}
