using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Monitors;
using Salus.Records;
using Salus.TestSupport;

namespace Salus.Monitoring.Tests.Support;

/// <summary>The record and Monitoring as Host composes them, on Kestrel and a database of its own; the patients p1 and p2, the device d1. Makes no Observations by itself.</summary>
public sealed class TelemetryServer : IAsyncLifetime
{
    private TestDatabase database = null!;
    private WebApplication app = null!;

    /// <summary>Who calls: a request names one in the header X-Test-Caller, else it is somebody who may do everything.</summary>
    internal ConcurrentDictionary<string, Caller> Callers { get; } = new(StringComparer.Ordinal);

    /// <summary>What the audit trail was told.</summary>
    internal ConcurrentQueue<AuditEntry> Told { get; } = new();

    private HttpClient Http { get; set; } = null!;

    internal NpgsqlDataSource Source => database.Source;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(new MigrationSet("records", typeof(RecordsModule).Assembly), MonitoringModule.Migrations);
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Configuration.AddInMemoryCollection([new("Salus:Postgres", database.ConnectionString), new("Salus:PoolSize", "8"), new("Salus:Monitoring:SummaryMinutes", "0"), new("Salus:Monitoring:LiveCheckSeconds", "1")]);
        builder.Logging.ClearProviders();
        builder.Services.AddKernel(builder.Configuration);
        builder.Services.AddRecords(builder.Configuration);
        builder.Services.AddMonitoring(builder.Configuration);
        builder.Services.Replace(ServiceDescriptor.Singleton<IAuditTrail>(new Trail(Told)));
        app = builder.Build();
        app.Use((context, next) =>
        {
            var name = context.Request.Headers["X-Test-Caller"].ToString();
            context.Features.Set(name.Length > 0 ? Callers[name] : Caller.Local);
            context.Features.Set(new CallerAgain(_ => new(name.Length > 0 ? Callers.GetValueOrDefault(name) : Caller.Local)));
            return next(context);
        });
        app.MapRecords();
        app.MapMonitoring();
        await app.StartAsync();
        Http = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
        await PostAsync("""
            {"resourceType":"Bundle","type":"batch","entry":[
            {"resource":{"resourceType":"Patient","id":"p1"},"request":{"method":"PUT","url":"Patient/p1"}},
            {"resource":{"resourceType":"Patient","id":"p2"},"request":{"method":"PUT","url":"Patient/p2"}},
            {"resource":{"resourceType":"Device","id":"d1"},"request":{"method":"PUT","url":"Device/d1"}}]}
            """);
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await app.DisposeAsync();
        await database.DisposeAsync();
    }

    internal T Get<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    internal ValueTask<Series> SeriesAsync(string patient, string metric) => Get<SeriesBook>().GetAsync(Tenant.Default, patient, "d1", MetricSet.Default[metric], default);

    internal async Task TakeAsync(params Sample[] samples) => Assert.Equal(samples.Length, (await Get<SampleFlow>().TakeAsync(samples, default)).Value.Stored);

    internal Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(string path, string? caller = null) => SendAsync(HttpMethod.Get, path, null, caller);

    internal async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string? body, string? caller = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (caller is not null)
        {
            request.Headers.Add("X-Test-Caller", caller);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, type);
        }

        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone());
    }

    internal async Task<string> TextAsync(HttpRequestMessage request)
    {
        using var answer = await Http.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>A state as a monitor makes it known: it is in the book before anybody is told, so that who begins to follow between the two has it too.</summary>
    internal void Change(PatientState state)
    {
        Get<MonitorBook>().Put(state);
        foreach (var observer in app.Services.GetServices<IPatientObserver>())
        {
            observer.Changed(state);
        }
    }

    /// <summary>Connects to the hub of live push.</summary>
    internal Task<HubClient> ConnectAsync(string? caller = null, string? origin = null) => HubClient.ConnectAsync(new Uri(Http.BaseAddress!, "/monitoring/live"), caller, origin);

    /// <summary>Opens a stream of events; it is open when this returns.</summary>
    internal async Task<EventReader> FollowAsync(string path, string? last = null, string? caller = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (last is not null)
        {
            request.Headers.Add("Last-Event-ID", last);
        }

        if (caller is not null)
        {
            request.Headers.Add("X-Test-Caller", caller);
        }

        var answer = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        return new EventReader(answer, new StreamReader(await answer.Content.ReadAsStreamAsync()));
    }

    private async Task PostAsync(string bundle)
    {
        using var answer = await Http.PostAsync(new Uri("/fhir", UriKind.Relative), new StringContent(bundle, Encoding.UTF8, "application/fhir+json"));
        answer.EnsureSuccessStatusCode();
    }

    private sealed class Trail(ConcurrentQueue<AuditEntry> told) : IAuditTrail
    {
        public ValueTask WriteAsync(IReadOnlyList<AuditEntry> entries, CancellationToken ct)
        {
            foreach (var entry in entries)
            {
                told.Enqueue(entry);
            }

            return ValueTask.CompletedTask;
        }

        public void AddTo(NpgsqlBatch batch, IReadOnlyList<AuditEntry> entries)
        {
            foreach (var entry in entries)
            {
                told.Enqueue(entry);
            }
        }
    }
}
