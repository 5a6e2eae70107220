using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Monitors;
using Salus.Records;
using Salus.TestSupport;

namespace Salus.Monitoring.Tests.Monitors;

/// <summary>The whole way: the record says who the patient is, samples are committed, and who may sees the state.</summary>
public sealed class StateRouteTests : IAsyncLifetime, IDisposable
{
    private readonly Trail trail = new();
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private TestDatabase database = null!;
    private WebApplication app = null!;
    private Caller caller = Caller.Local;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(new MigrationSet("records", typeof(RecordsModule).Assembly), new MigrationSet("monitoring", typeof(MonitoringModule).Assembly));
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Configuration.AddInMemoryCollection([new("Salus:Postgres", database.ConnectionString), new("Salus:PoolSize", "8")]);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IAuditTrail>(trail);
        builder.Services.AddKernel(builder.Configuration);
        builder.Services.AddRecords(builder.Configuration);
        builder.Services.AddMonitoring(builder.Configuration);
        app = builder.Build();
        app.Use((context, next) =>
        {
            context.Features.Set(caller);
            return next(context);
        });
        app.MapMonitoring();
        await app.StartAsync();
        http.BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        await PutAsync("""{"resourceType":"Patient","id":"p1","birthDate":"1950-01-01"}""", """{"resourceType":"Patient","id":"child","birthDate":"2024-01-01"}""");
    }

    public async Task DisposeAsync()
    {
        await app.DisposeAsync();
        await database.DisposeAsync();
    }

    public void Dispose() => http.Dispose();

    [Fact]
    public async Task Without_samples_there_is_no_state()
    {
        using var answer = await ReadAsync("p1");
        Assert.Equal(JsonValueKind.Null, answer.RootElement.GetProperty("state").ValueKind);
    }

    [Fact]
    public async Task Samples_become_readings_and_scores_of_the_patient_whom_the_record_knows()
    {
        await MeasureAsync("p1", ("respiratory-rate", 26), ("heart-rate", 120), ("systolic", 95), ("temperature", 38.5m));
        var state = await ScoredAsync("p1");
        Assert.Equal(["heart-rate", "respiratory-rate", "systolic", "temperature"], state.GetProperty("readings").EnumerateArray().Select(r => r.GetProperty("metric").GetString()));
        var reading = state.GetProperty("readings")[3];
        Assert.Equal(("Temperature", "Cel", "38.5", false, "d1"), (reading.GetProperty("display").GetString(), reading.GetProperty("unit").GetString(), reading.GetProperty("value").GetRawText(), reading.GetProperty("stale").GetBoolean(), reading.GetProperty("device").GetString()));
        Assert.Equal(JsonValueKind.Null, reading.GetProperty("slope").ValueKind);
        var news = state.GetProperty("scores").EnumerateArray().Single(s => s.GetProperty("name").GetString() == "news2");
        Assert.Equal((8, "high", false, null), (news.GetProperty("value").GetInt32(), news.GetProperty("level").GetString(), news.GetProperty("complete").GetBoolean(), news.GetProperty("note").GetString()));
        var parts = news.GetProperty("parts").EnumerateArray().ToDictionary(p => p.GetProperty("name").GetString()!);
        Assert.Equal((3, "26"), (parts["respiratory-rate"].GetProperty("points").GetInt32(), parts["respiratory-rate"].GetProperty("value").GetRawText()));
        Assert.Equal(("missing", JsonValueKind.Null), (parts["consciousness"].GetProperty("why").GetString(), parts["consciousness"].GetProperty("time").ValueKind));
        Assert.Equal("1.26", state.GetProperty("scores").EnumerateArray().Single(s => s.GetProperty("name").GetString() == "shock-index").GetProperty("value").GetRawText());
    }

    [Fact]
    public async Task A_child_gets_no_news2_and_a_laboratory_value_of_the_record_gets_into_sofa()
    {
        await PutAsync($$$"""{"resourceType":"Observation","id":"o1","status":"final","subject":{"reference":"Patient/p1"},"effectiveDateTime":"{{{TimeProvider.System.GetUtcNow():O}}}","code":{"coding":[{"system":"http://loinc.org","code":"777-3"}]},"valueQuantity":{"value":40,"unit":"10*9/L","system":"http://unitsofmeasure.org","code":"10*9/L"}}""");
        await MeasureAsync("child", ("heart-rate", 120));
        await MeasureAsync("p1", ("heart-rate", 120));
        var news = (await ScoredAsync("child")).GetProperty("scores").EnumerateArray().Single(s => s.GetProperty("name").GetString() == "news2");
        Assert.Equal((JsonValueKind.Null, "NEWS2 is not for patients under 16 years."), (news.GetProperty("value").ValueKind, news.GetProperty("note").GetString()));
        await Eventually.TrueAsync(async () => (await ScoredAsync("p1")).GetProperty("scores").EnumerateArray().Single(s => s.GetProperty("name").GetString() == "sofa").GetProperty("value").GetRawText() == "3");
    }

    [Fact]
    public async Task Who_may_read_observations_of_the_patient_sees_the_state_and_nobody_else_does()
    {
        await MeasureAsync("p1", ("heart-rate", 120));
        caller = Nurse("p1");
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/monitoring/patients/p1")).StatusCode);
        Assert.Equal((AuditKind.Read, AuditOutcome.Success, "Observation", "p1"), Last());
        caller = Nurse("child");
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/monitoring/patients/p1")).StatusCode);
        Assert.Equal((AuditKind.Read, AuditOutcome.MinorFailure, "Observation", "p1"), Last());
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/monitoring/patients/nobody")).StatusCode);
        caller = new Caller(Tenant.Default, "clerk") { Permit = new Permit([[new Grant("Patient", Interactions.All, Reach.All)]], []) };
        using var refused = await http.GetAsync("/monitoring/patients/p1");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("OperationOutcome", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((AuditKind.Denied, AuditOutcome.MinorFailure, "Observation", "p1"), Last());
    }

    private static Caller Nurse(string patient) => new(Tenant.Default, "nurse")
    {
        Permit = new Permit([[new Grant("Patient", Interactions.Read, Reach.Of(patient)), new Grant("Observation", Interactions.Read, Reach.Of(patient))]], []),
    };

    private (AuditKind, AuditOutcome, string?, string) Last() => trail.Entries.Last() is var e ? (e.Kind, e.Outcome, e.Type, e.Patients.Single()) : default;

    private async Task<JsonDocument> ReadAsync(string patient) => JsonDocument.Parse(await http.GetStringAsync($"/monitoring/patients/{patient}"));

    // Scores come when the facts were read, which the feed may tell a moment later.
    private async Task<JsonElement> ScoredAsync(string patient)
    {
        JsonElement state = default;
        await Eventually.TrueAsync(async () =>
        {
            using var answer = await ReadAsync(patient);
            state = answer.RootElement.GetProperty("state").Clone();
            return state.ValueKind == JsonValueKind.Object && state.GetProperty("scores").GetArrayLength() > 0 && !state.GetRawText().Contains("The age is not known", StringComparison.Ordinal);
        });
        return state;
    }

    private async Task MeasureAsync(string patient, params (string Metric, decimal Value)[] values)
    {
        var book = app.Services.GetRequiredService<SeriesBook>();
        var samples = new List<Sample>();
        foreach (var (metric, value) in values)
        {
            var series = await book.GetAsync(Tenant.Default, patient, "d1", MetricSet.Default[metric], default);
            samples.Add(new Sample(series.Number, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 1000, (int)(value * Sample.Scale), SampleFlags.None));
        }

        app.Services.GetRequiredService<PatientMonitors>().Committed(Partitions.Of(Tenant.Default, patient), 1, [.. samples]);
    }

    private async Task PutAsync(params string[] resources)
    {
        var entries = resources.Select(r =>
        {
            using var json = JsonDocument.Parse(r);
            return $$"""{"resource":{{r}},"request":{"method":"PUT","url":"{{json.RootElement.GetProperty("resourceType").GetString()}}/{{json.RootElement.GetProperty("id").GetString()}}"} }""";
        });
        var outcome = await app.Services.GetRequiredService<Salus.Records.Record>().PostBundleAsync(
            Caller.System, Encoding.UTF8.GetBytes($$"""{"resourceType":"Bundle","type":"transaction","entry":[{{string.Join(',', entries)}}]}"""), default);
        Assert.Null(outcome.Failure);
    }

    /// <summary>A trail in memory.</summary>
    private sealed class Trail : IAuditTrail
    {
        public ConcurrentQueue<AuditEntry> Entries { get; } = new();

        public ValueTask WriteAsync(IReadOnlyList<AuditEntry> entries, CancellationToken ct)
        {
            foreach (var entry in entries)
            {
                Entries.Enqueue(entry);
            }

            return ValueTask.CompletedTask;
        }

        public void AddTo(NpgsqlBatch batch, IReadOnlyList<AuditEntry> entries)
        {
        }
    }
}
