using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salus.TestSupport;

namespace Salus.Kernel.Tests;

public sealed class EndpointTests : IAsyncLifetime, IDisposable
{
    private readonly TestFolder folder = new();
    private readonly HttpClient http = new();
    private WebApplication app = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--Salus:Data", folder["data"], "--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        builder.Services.AddKernel(builder.Configuration);
        builder.Services.AddSingleton(new MigrationSet("sample", typeof(EndpointTests).Assembly));
        app = builder.Build();
        app.MapKernel();
        await app.StartAsync();
        http.BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public async Task DisposeAsync()
    {
        await app.DisposeAsync();
    }

    public void Dispose()
    {
        http.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task The_host_starts_migrated_and_ready()
    {
        Assert.Equal("ok", (await GetAsync("/healthz", HttpStatusCode.OK)).GetProperty("status").GetString());
        var ready = await GetAsync("/readyz", HttpStatusCode.OK);
        Assert.Equal("ok", ready.GetProperty("checks").GetProperty("database").GetProperty("status").GetString());
        Assert.Equal("ok", ready.GetProperty("checks").GetProperty("migrations").GetProperty("status").GetString());
        Assert.Equal(0, await app.Services.GetRequiredService<Database>().ScalarAsync<long>("select count(*) from sample.thing"));
    }

    [Fact]
    public async Task Without_its_database_the_process_is_alive_but_not_ready()
    {
        await app.Services.GetRequiredService<Database>().StopAsync();

        await GetAsync("/healthz", HttpStatusCode.OK);
        var ready = await GetAsync("/readyz", HttpStatusCode.ServiceUnavailable);
        Assert.Equal("failed", ready.GetProperty("checks").GetProperty("database").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Metrics_are_text_with_families_of_all_sources()
    {
        using var response = await http.GetAsync(new Uri("/metrics", UriKind.Relative));

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        var text = await response.Content.ReadAsStringAsync();
        Assert.Contains("# TYPE salus_postgres_start_duration_seconds histogram", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE db_client_connection_max gauge", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE dotnet_gc_collections_total counter", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Password", text, StringComparison.OrdinalIgnoreCase);
    }

    private async Task<JsonElement> GetAsync(string path, HttpStatusCode expected)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(expected, response.StatusCode);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }
}
