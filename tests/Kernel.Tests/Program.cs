using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Salus.Kernel.Tests;

/// <summary>
/// What the tests start as a process of its own, to end it or to run it twice:
/// <c>own folder</c> holds a database, <c>measure folder</c> times its starts, <c>migrate connection</c> runs the sample migrations, <c>web folder port</c> serves the kernel's endpoints.
/// </summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        try
        {
            await RunAsync(args);
            return 0;
        }
        catch (CannotStartException e)
        {
            Console.WriteLine($"refused {e.Message}");
            return 1;
        }
    }

    private static async Task RunAsync(string[] args)
    {
        switch (args)
        {
            case ["own", var folder]:
                await using (var database = new Database(new KernelOptions { Data = folder }))
                {
                    await database.StartAsync();
                    Console.WriteLine($"ready {database.ServerProcess}");
                    // Until the test closes our input, or kills us.
                    await Console.In.ReadToEndAsync();
                }

                break;
            case ["measure", var folder]:
                await MeasureAsync(folder, "first");
                await MeasureAsync(folder, "warm");
                await MeasureAsync(folder, "warm");
                break;
            case ["migrate", var connection]:
                await using (var database = new Database(new KernelOptions { Postgres = connection }))
                {
                    await database.StartAsync();
                    Console.WriteLine("ready");
                    await Console.In.ReadLineAsync();
                    var applied = await new MigrationRunner(database, [new MigrationSet("sample", typeof(Program).Assembly)]).RunAsync();
                    Console.WriteLine($"applied {applied}");
                }

                break;
            case ["web", var folder, var port]:
                var builder = WebApplication.CreateSlimBuilder(["--Salus:Data", folder, "--urls", $"http://127.0.0.1:{port}"]);
                builder.Logging.AddKernelConsole();
                builder.Services.AddKernel(builder.Configuration);
                await using (var app = builder.Build())
                {
                    app.MapKernel();
                    await app.RunAsync();
                }

                break;
            default:
                throw new ArgumentException("own folder | measure folder | migrate connection | web folder port");
        }
    }

    // From nothing to an answered query, and from the last query to an ended server.
    private static async Task MeasureAsync(string folder, string which)
    {
        var clock = Stopwatch.StartNew();
        var database = new Database(new KernelOptions { Data = folder });
        await database.StartAsync();
        await database.ScalarAsync<int>("select 1");
        var start = clock.Elapsed.TotalMilliseconds;
        clock.Restart();
        await database.DisposeAsync();
        Console.WriteLine($"{which} start {start:F0} ms, stop {clock.Elapsed.TotalMilliseconds:F0} ms");
    }
}
