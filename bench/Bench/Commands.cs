using Salus.Bench.Audit;
using Salus.Bench.Access;
using Salus.Bench.Ceilings;
using Salus.Bench.EarlyWarning;
using Salus.Bench.Engine;
using Salus.Bench.Growth;
using Salus.Bench.Http;
using Salus.Bench.Import;
using Salus.Bench.Monitoring;
using Salus.Bench.Paths;
using Salus.Bench.Sealing;
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
                case "sealing":
                    await new SealingBenchmark(new CommandLine(args.Span, SealingBenchmark.Options)).RunAsync();
                    return 0;
                case "access":
                    return await AccessSpeed.RunAsync(new CommandLine(args.Span, "--only", "--patients", "--observations", "--passes", "--seconds")) ? 0 : 1;
                case "ingest":
                    await new IngestBenchmark(new CommandLine(args.Span, IngestBenchmark.Options)).RunAsync();
                    return 0;
                case "sustained":
                    await new SustainedIngest(new CommandLine(args.Span, SustainedIngest.Options)).RunAsync();
                    return 0;
                case "broker":
                    await new BrokerBenchmark(new CommandLine(args.Span, BrokerBenchmark.Options)).RunAsync();
                    return 0;
                case "kafka":
                    await new KafkaBenchmark(new CommandLine(args.Span, KafkaBenchmark.Options)).RunAsync();
                    return 0;
                case "engine":
                    return await new EngineBenchmark(new CommandLine(args.Span, EngineBenchmark.Options)).RunAsync() ? 0 : 1;
                case "audit":
                    await new AuditCost(new CommandLine(args.Span, AuditCost.Options)).RunAsync();
                    return 0;
                case "monitors":
                    await new MonitorSpeed(new CommandLine(args.Span, MonitorSpeed.Options)).RunAsync();
                    return 0;
                case "waveforms":
                    await new WaveformSpeed(new CommandLine(args.Span, WaveformSpeed.Options)).RunAsync();
                    return 0;
                case "streams":
                    await new StreamSpeed(new CommandLine(args.Span, StreamSpeed.Options)).RunAsync();
                    return 0;
                case "telemetry":
                    await new TelemetryBenchmark(new CommandLine(args.Span, TelemetryBenchmark.Options)).RunAsync();
                    return 0;
                case "early-warning":
                    await new EarlyWarningBenchmark(new CommandLine(args.Span, EarlyWarningBenchmark.Options)).RunAsync();
                    return 0;
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
