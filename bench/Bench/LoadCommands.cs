using Salus.Bench.Ceilings;
using Salus.Bench.Growth;
using Salus.Bench.Http;
using Salus.Bench.Import;
using Salus.Bench.Soak;

namespace Salus.Bench;

/// <summary>The commands that measure the built server from outside.</summary>
internal static class LoadCommands
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
                case "client":
                    await ClientSpeed.RunAsync(new CommandLine(args.Span, ClientSpeed.Options));
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
