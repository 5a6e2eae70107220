using System.Text.Json.Nodes;
using Salus.TestSupport;

namespace Salus.Host.Tests;

/// <summary>Places below <c>/admin</c> that are not there, on a running Salus.</summary>
public sealed class AdminRouteTests : IAsyncLifetime, IDisposable
{
    private readonly TestFolder folder = new();
    private SalusProcess salus = null!;

    public async Task InitializeAsync() => salus = await SalusProcess.ReadyAsync(folder["data"]);

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        salus.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task What_is_not_there_is_told_with_what_is()
    {
        await RefusedAsync("GET", "/admin/foo", 404, "GET /admin/search/reindex");
        await RefusedAsync("GET", "/admin", 404, "GET /admin/system");
        await RefusedAsync("GET", "/admin/search/explain", 404, "/admin/search/explain/Patient?name=...");
        await RefusedAsync("GET", "/admin/search/reindex/x.y", 404, "POST /admin/fhirpath");
        await RefusedAsync("POST", "/admin/foo", 404, "GET /admin/subscriptions");
        Assert.Equal("POST", await RefusedAsync("GET", "/admin/fhirpath", 405, "is asked by POST"));
        Assert.Equal("GET", await RefusedAsync("DELETE", "/admin/search/reindex", 405, "is asked by GET"));
        using var there = await salus.GetAsync("/admin/search/reindex");
        Assert.Equal(200, (int)there.StatusCode);
    }

    private async Task<string?> RefusedAsync(string method, string path, int status, string named)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await salus.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{method} {path}: {(int)response.StatusCode} {body}");
        var outcome = JsonNode.Parse(body)!;
        Assert.Equal("OperationOutcome", (string?)outcome["resourceType"]);
        Assert.Contains(named, (string?)outcome["issue"]![0]!["diagnostics"], StringComparison.Ordinal);
        return response.Content.Headers.Allow.SingleOrDefault();
    }
}
