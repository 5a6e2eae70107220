using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salus.Bench.Load;

namespace Salus.Bench.Tests;

/// <summary>The load generator against a real web server.</summary>
public sealed class LoadTests : IAsyncLifetime
{
    private readonly ConcurrentBag<string> bodies = [];
    private WebApplication app = null!;
    private long answered;

    private int Port => new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        app = builder.Build();
        app.MapGet("/length", (HttpContext http) => BytesAsync(http, 100_000, length: true));
        app.MapGet("/chunks", (HttpContext http) => BytesAsync(http, 300_000, length: false));
        app.MapGet("/empty", () => Results.NoContent());
        app.MapGet("/failing", () => Results.StatusCode(503));
        app.MapGet("/broken", (HttpContext http) => http.Abort());
        app.MapPost("/body", async (HttpContext http) =>
        {
            using var reader = new StreamReader(http.Request.Body);
            bodies.Add(await reader.ReadToEndAsync());
            return Results.StatusCode(201);
        });
        await app.StartAsync();
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Theory]
    [InlineData("/length", 200)]
    [InlineData("/chunks", 200)]
    [InlineData("/empty", 204)]
    [InlineData("/failing", 503)]
    [InlineData("/nowhere", 404)]
    [InlineData("/broken", 0)]
    public void Answers_are_read_whole_one_after_the_other(string path, int status)
    {
        using var connection = new Connection(Port);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(status, connection.Send(Shot.Get(path), 0));
        }

        Assert.Equal(200, connection.Send(Shot.Get("/length"), 0));
    }

    [Fact]
    public async Task A_load_with_a_limit_sends_exactly_that_many()
    {
        var result = await RunAsync(new Workload("all", [Shot.Get("/length")]), new(3, TimeSpan.Zero, TimeSpan.FromMinutes(5), Limit: 500));
        Assert.Equal((500, 500L, 500L, 0L), (Interlocked.Read(ref answered), result.Requests, result.Successes, result.Failures));
        Assert.True(result.Bytes > 500 * 100_000, $"{result.Bytes} bytes");
        Assert.True(result.Latencies.Percentile(0.5) > 0 && result.PerSecond > 0);
    }

    [Fact]
    public async Task Failures_are_counted_by_status()
    {
        var result = await RunAsync(new Workload("half", (1, [Shot.Get("/length")]), (1, [Shot.Get("/failing")])), new(2, TimeSpan.Zero, TimeSpan.FromMinutes(5), Limit: 200));
        Assert.Equal(200, result.Statuses[200] + result.Statuses[503]);
        Assert.Equal(result.Statuses[503], result.Failures);
        Assert.Contains("503", result.FailureText, StringComparison.Ordinal);
        Assert.InRange(result.Failures, 50, 150);
    }

    [Fact]
    public async Task A_load_on_a_server_that_is_gone_ends_by_itself()
    {
        var result = await RunAsync(new Workload("broken", [Shot.Get("/broken")]), new(2, TimeSpan.Zero, TimeSpan.FromMinutes(5)));
        Assert.Equal(result.Requests, result.Failures);
    }

    [Fact]
    public async Task Each_body_has_a_number_of_its_own()
    {
        await RunAsync(new Workload("post", [Shot.Send("POST", "/body", System.Text.Encoding.UTF8.GetBytes($"<{Shot.NumberMark}>"))]), new(4, TimeSpan.Zero, TimeSpan.FromMinutes(5), Limit: 300));
        Assert.Equal(300, bodies.Distinct().Count());
        Assert.All(bodies, body => Assert.Matches("^<[0-9]{12}>$", body));
    }

    [Fact]
    public async Task Meters_tell_what_one_request_cost()
    {
        var result = await RunAsync(new Workload("all", [Shot.Get("/empty")]), new(1, TimeSpan.Zero, TimeSpan.FromMinutes(5), Limit: 100), new Meter("steps", Step));
        Assert.Equal(0.07, result.PerRequest("steps"), 1e-9);
        Assert.True(double.IsNaN(result.PerRequest("unknown")));
    }

    private double read;

    // 7 between two readings.
    private double Step() => read += 7;

    private Task<LoadResult> RunAsync(Workload workload, LoadPlan plan, params Meter[] meters) => new LoadRun(Port, workload, plan, meters).RunAsync();

    private async Task BytesAsync(HttpContext http, int count, bool length)
    {
        Interlocked.Increment(ref answered);
        if (length)
        {
            http.Response.ContentLength = count;
        }

        for (var part = 0; part < 10; part++)
        {
            await http.Response.Body.WriteAsync(new byte[count / 10]);
            await http.Response.Body.FlushAsync();
        }
    }
}
