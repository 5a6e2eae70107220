using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salus.Kernel;
using Salus.Monitoring.Devices;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Ingest;
using Salus.Records;
using Salus.TestSupport;

namespace Salus.Monitoring.Tests.Ingest;

/// <summary>The record and Monitoring as Host composes them, on Kestrel and a database of its own; what is stored can be looked at. One per test class.</summary>
public class IngestServer : IAsyncLifetime
{
    internal const string CallerHeader = "X-Test-Caller";

    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromMinutes(2) };
    private TestDatabase database = null!;
    private WebApplication app = null!;

    internal Uri Address { get; private set; } = null!;

    /// <summary>Callers by name: a request with <see cref="CallerHeader"/> is made by that one, any other by somebody who may do everything.</summary>
    internal ConcurrentDictionary<string, Caller> Callers { get; } = new(StringComparer.Ordinal);

    /// <summary>What was handed on after it was durable.</summary>
    internal StoredSamples Stored => Get<StoredSamples>();

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(new MigrationSet("records", typeof(RecordsModule).Assembly), MonitoringModule.Migrations);
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Configuration.AddInMemoryCollection(
        [
            new("Salus:Postgres", database.ConnectionString), new("Salus:PoolSize", "8"), new("Salus:Records:Validation", "Structural"), new("Salus:Records:BulkValidation", "Structural"),
            new("Salus:Monitoring:Ingest:MaxBatchBytes", "100000"), new("Salus:Monitoring:Ingest:MaxWaitingBytes", "4000000"),
        ]);
        builder.Logging.ClearProviders();
        builder.Services.AddRequestDecompression();
        builder.Services.AddKernel(builder.Configuration);
        builder.Services.AddRecords(builder.Configuration);
        builder.Services.AddMonitoring(builder.Configuration);
        builder.Services.AddSingleton<StoredSamples>();
        builder.Services.AddSingleton<ISampleObserver>(s => s.GetRequiredService<StoredSamples>());
        app = builder.Build();
        app.UseRequestDecompression();
        app.Use((context, next) =>
        {
            context.Features.Set(context.Request.Headers[CallerHeader].ToString() is { Length: > 0 } name ? Callers[name] : Caller.Local);
            return next(context);
        });
        app.MapRecords();
        app.MapMonitoring();
        await app.StartAsync();
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        await Eventually.TrueAsync(() => Get<DeviceRegistry>().Ready);
    }

    public async Task DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        await database.DisposeAsync();
    }

    internal T Get<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    /// <summary>Stores resources that have an id.</summary>
    internal async Task PutAsync(params JsonObject[] resources)
    {
        foreach (var resource in resources)
        {
            var (status, body) = await SendAsync(HttpMethod.Put, $"/fhir/{resource["resourceType"]}/{resource["id"]}", JsonBody(resource, "application/fhir+json"));
            Assert.True(status is 200 or 201, $"{status} {body}");
        }
    }

    /// <summary>A Device, a Patient, and that the one is on the other; returns when the registry knows.</summary>
    internal async Task AttachAsync(string device, string patient, DateTimeOffset? from = null)
    {
        await PutAsync(Device(device), new JsonObject { ["resourceType"] = "Patient", ["id"] = patient }, Use($"use-{device}-{patient}", device, patient, from ?? DateTimeOffset.UnixEpoch));
        await Eventually.TrueAsync(() => Get<DeviceIndex>().Get(Tenant.Default, device)?.Placements.Any(p => p.Patient == patient) == true);
    }

    internal static JsonObject Device(string id) => new()
    {
        ["resourceType"] = "Device", ["id"] = id, ["status"] = "active",
        ["identifier"] = new JsonArray(new JsonObject { ["system"] = "urn:serial", ["value"] = $"SN-{id}" }),
        ["deviceName"] = new JsonArray(new JsonObject { ["name"] = $"Monitor {id}", ["type"] = "user-friendly-name" }),
        ["location"] = new JsonObject { ["reference"] = "Location/bed-1" },
    };

    internal static JsonObject Use(string id, string device, string patient, DateTimeOffset from) => new()
    {
        ["resourceType"] = "DeviceUseStatement", ["id"] = id, ["status"] = "active", ["subject"] = new JsonObject { ["reference"] = $"Patient/{patient}" },
        ["device"] = new JsonObject { ["reference"] = $"Device/{device}" }, ["timingPeriod"] = new JsonObject { ["start"] = from.ToString("o") },
    };

    internal static ByteArrayContent JsonBody(JsonNode body, string type = "application/json") => Body(Encoding.UTF8.GetBytes(body.ToJsonString()), type);

    internal static ByteArrayContent Body(byte[] bytes, string type = "application/json") => new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };

    /// <summary>Sends device data and gives the answer.</summary>
    internal async Task<(int Status, JsonNode Answer)> TelemetryAsync(HttpContent content, string? caller = null)
    {
        var (status, body) = await SendAsync(HttpMethod.Post, "/telemetry", content, caller);
        return (status, JsonNode.Parse(body)!);
    }

    internal Task<(int Status, JsonNode Answer)> TelemetryAsync(JsonNode body, string? caller = null) => TelemetryAsync(JsonBody(body), caller);

    internal async Task<(int Status, string Body)> SendAsync(HttpMethod method, string path, HttpContent? content, string? caller = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Address, path)) { Content = content };
        // A large body is only sent when the server wants it.
        request.Headers.ExpectContinue = content?.Headers.ContentLength > 1_000_000;
        if (caller is not null)
        {
            request.Headers.Add(CallerHeader, caller);
        }

        using var response = await Http.SendAsync(request);
        LastHeaders = response.Headers;
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    internal HttpResponseHeaders? LastHeaders { get; private set; }

    internal async Task<JsonNode> GetJsonAsync(string path, string? caller = null)
    {
        var (status, body) = await SendAsync(HttpMethod.Get, path, null, caller);
        Assert.True(status == 200, $"{status} {body}");
        return JsonNode.Parse(body)!;
    }
}

/// <summary>Keeps the samples that were handed on.</summary>
internal sealed class StoredSamples(SeriesBook book) : ISampleObserver
{
    private readonly ConcurrentQueue<(Series Series, Sample Sample)> all = new();

    public void Committed(int partition, long seq, ReadOnlySpan<Sample> samples)
    {
        foreach (var sample in samples)
        {
            all.Enqueue((book[sample.Series], sample));
        }
    }

    public IReadOnlyList<(Series Series, Sample Sample)> Of(string device) => [.. all.Where(s => s.Series.Device == device).OrderBy(s => s.Sample.Time)];
}
