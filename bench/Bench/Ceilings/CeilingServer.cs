using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Salus.Bench.Ceilings;

/// <summary>
/// What the web server can do at most, as a process of its own: <c>/static</c> answers 2 kB from memory, <c>/select/ID</c> the bytes that one prepared select finds.
/// Ends when its standard input does, so it cannot outlive who started it.
/// </summary>
internal static class CeilingServer
{
    /// <summary>Environment variable with the connection string; a command line would show the password.</summary>
    public const string Connection = "BENCH_POSTGRES";

    /// <summary>What it prints when it listens; the port follows.</summary>
    public const string Ready = "ready on port ";

    public static async Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var port = Processes.SalusServer.FreePort();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        // As in Salus: twice the cores, prepared at the first use.
        var settings = new NpgsqlConnectionStringBuilder(Environment.GetEnvironmentVariable(Connection))
        {
            MaxPoolSize = Math.Max(4, 2 * Environment.ProcessorCount), MaxAutoPrepare = 20, AutoPrepareMinUsages = 1, NoResetOnClose = true,
        };
        await using var source = NpgsqlDataSource.Create(settings.ConnectionString);
        await using var app = builder.Build();
        var body = new byte[2048];
        body.AsSpan().Fill((byte)'x');
        app.MapGet("/static", (HttpContext http) => AnswerAsync(http, body));
        app.MapGet("/select/{id}", async (string id, HttpContext http) => await AnswerAsync(http, await SelectAsync(source, id, http.RequestAborted)));
        await app.StartAsync();
        Console.WriteLine($"{Ready}{port}");
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
    }

    private static async Task<byte[]?> SelectAsync(NpgsqlDataSource source, string id, CancellationToken ct)
    {
        await using var command = source.CreateCommand("select body from bench_ceiling.body where id = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        return (byte[]?)await command.ExecuteScalarAsync(ct);
    }

    private static async Task AnswerAsync(HttpContext http, byte[]? body)
    {
        if (body is null)
        {
            http.Response.StatusCode = 404;
            return;
        }

        http.Response.ContentType = "application/fhir+json";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }
}
