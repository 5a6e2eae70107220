using Salus.Bench.Ceilings;
using Salus.Bench.Engine;
using Salus.Bench.Growth;
using Salus.Bench.Http;
using Salus.Bench.Import;
using Salus.Bench.Paths;
using Salus.Bench.Soak;
using Salus.Bench.Subscriptions;
using Salus.Bench.Terminology;
using Salus.Bench.Views;

namespace Salus.Bench;

/// <summary>What can be measured.</summary>
internal static class Commands
{
    /// <summary>The exit code, 1 when an answer was no success or memory grows; null when the command is another one's.</summary>
    public static async Task<int?> RunAsync(string command, ReadOnlyMemory<string> args)
    {
        try
        {
            switch (command)
            {
                case "http":
                    return await new HttpBenchmark(new CommandLine(args.Span, HttpBenchmark.Options)).RunAsync() ? 0 : 1;
                case "import":
                    await new ImportBenchmark(new CommandLine(args.Span, ImportBenchmark.Options)).RunAsync();
                    return 0;
                case "growth":
                    return await new GrowthBenchmark(new CommandLine(args.Span, GrowthBenchmark.Options)).RunAsync() ? 0 : 1;
                case "soak":
                    return await new SoakBenchmark(new CommandLine(args.Span, SoakBenchmark.Options)).RunAsync() ? 0 : 1;
                case "fhirpath":
                    await new FhirPathBenchmark(new CommandLine(args.Span, FhirPathBenchmark.Options)).RunAsync();
                    return 0;
                case "terminology":
                    return await new TerminologyBenchmark(new CommandLine(args.Span, TerminologyBenchmark.Options)).RunAsync() ? 0 : 1;
                case "client":
                    await ClientSpeed.RunAsync(new CommandLine(args.Span, ClientSpeed.Options));
                    return 0;
                case "views":
                    await ViewSpeed.RunAsync(new CommandLine(args.Span, "--passes", "--writes"));
                    return 0;
                case "subscriptions":
                    await SubscriptionLatency.RunAsync(new CommandLine(args.Span, "--writes"));
                    return 0;
                case "engine":
                    return await new EngineBenchmark(new CommandLine(args.Span, EngineBenchmark.Options)).RunAsync() ? 0 : 1;
                case "ceiling-server":
                    await CeilingServer.RunAsync();
                    return 0;
                default:
                    return null;
            }
        }
        catch (ArgumentException e)
        {
            await Console.Error.WriteLineAsync($"bench: {e.Message}");
            return 2;
        }
    }
}
