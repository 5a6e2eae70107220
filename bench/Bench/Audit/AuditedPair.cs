using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Salus.Access;
using Salus.Bench.Processes;
using Salus.Kernel;
using Salus.Records;
using Salus.Simulation;

namespace Salus.Bench.Audit;

/// <summary>Two servers in this process over one record: one with the audit trail, one that keeps none. Nothing but a program that composes its own server can leave the trail out.</summary>
internal sealed class AuditedPair : IAsyncDisposable
{
    private readonly StoreFolder folder = new(null);
    private readonly MeterListener meters = new();
    private long pending;
    private WebApplication owner = null!;
    private WebApplication audited = null!;
    private WebApplication silent = null!;

    public int Audited { get; private set; }

    public int Silent { get; private set; }

    /// <summary>Seconds of processor time that this process and PostgreSQL have used.</summary>
    public double CpuSeconds => System.Diagnostics.Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds + Postgres.Find(folder.Path)!.CpuSeconds;

    /// <summary>Entries that are in the journal and not in the database.</summary>
    public long Pending => Interlocked.Read(ref pending);

    public Database Database => audited.Services.GetRequiredService<Database>();

    /// <param name="flush">See <see cref="AccessOptions.AuditFlushMilliseconds"/>.</param>
    public static async Task<AuditedPair> StartAsync(int flush)
    {
        var pair = new AuditedPair();
        pair.meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "salus.access.audit.pending")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        pair.meters.SetMeasurementEventCallback<long>((_, more, _, _) => Interlocked.Add(ref pair.pending, more));
        pair.meters.Start();
        // What looks after PostgreSQL is a third one, so that the two differ in nothing else. With the same keys, since they are over the same database.
        pair.owner = await StartAsync([new("Salus:Data", pair.folder.Path)], keeps: false);
        KeyValuePair<string, string?>[] settings =
        [
            new("Salus:Postgres", pair.owner.Services.GetRequiredService<Database>().ConnectionString),
            new("Salus:Access:AuditFolder", Path.Combine(pair.folder.Path, "audit")),
            new("Salus:Access:AuditFlushMilliseconds", flush.ToString(CultureInfo.InvariantCulture)),
            new("Salus:Keys:MasterFile", Path.Combine(pair.folder.Path, "master.key")),
            new("Salus:Records:Sealed:KeyFile", Path.Combine(pair.folder.Path, "keys", "sealing.json")),
        ];
        pair.audited = await StartAsync(settings, keeps: true);
        pair.silent = await StartAsync(settings, keeps: false);
        (pair.Audited, pair.Silent) = (Port(pair.audited), Port(pair.silent));
        return pair;
    }

    /// <summary>Puts the first resources of a generated record in.</summary>
    public async Task FillAsync(ScaleRecord record, long resources)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var lines = new MemoryStream();
        record.Write(lines, 0, resources);
        foreach (var portion in Encoding.UTF8.GetString(lines.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Chunk(500))
        {
            var entries = portion.Select(line => $$"""{"resource":{{line}},"request":{"method":"PUT","url":"{{Url(line)}}"} }""");
            using var body = new StringContent($$"""{"resourceType":"Bundle","type":"batch","entry":[{{string.Join(',', entries)}}]}""", Encoding.UTF8);
            body.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json");
            using var answer = await http.PostAsync(new Uri($"http://127.0.0.1:{Silent}/fhir"), body);
            answer.EnsureSuccessStatusCode();
        }
    }

    public async ValueTask DisposeAsync()
    {
        meters.Dispose();
        await silent.DisposeAsync();
        await audited.DisposeAsync();
        await owner.DisposeAsync();
        folder.Dispose();
    }

    private static string Url(string line)
    {
        using var json = System.Text.Json.JsonDocument.Parse(line);
        return $"{json.RootElement.GetProperty("resourceType").GetString()}/{json.RootElement.GetProperty("id").GetString()}";
    }

    private static async Task<WebApplication> StartAsync(IEnumerable<KeyValuePair<string, string?>> settings, bool keeps)
    {
        // As the program itself: in the current directory every file that is written would be heard of.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = ["--urls", "http://127.0.0.1:0"], ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection([.. settings, new("Salus:Access:SignIn", "false")]);
        builder.Logging.ClearProviders();
        builder.Services.AddKernel(builder.Configuration);
        builder.Services.AddAccess(builder.Configuration);
        builder.Services.AddRecords(builder.Configuration);
        if (!keeps)
        {
            builder.Services.Replace(ServiceDescriptor.Singleton<IAuditTrail, NoAuditTrail>());
        }

        var app = builder.Build();
        app.UseRouting();
        app.UseAccess();
        app.MapRecords();
        await app.StartAsync();
        return app;
    }

    private static int Port(WebApplication app) => new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
}
