using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Salus.Faults.Tests.Support;

namespace Salus.Kafka.Tests.Support;

/// <summary>A mock cluster with the topics of Salus, a Salus process at it with a network between it and its database, and a client of the cluster.</summary>
public sealed class SalusAtKafka : IAsyncDisposable
{
    // Two processes on one database share their keys.
    private static readonly string Secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private readonly TestFolder folder = new();
    private readonly TestDatabase database;
    private readonly (string, string)[] settings;

    private SalusAtKafka(TestDatabase database, (string, string)[] settings)
    {
        this.database = database;
        Cluster = new MockCluster(("patient-vitals", 4), ("patient-vitals.dead", 4), ("alerts", 4), ("device-events", 4));
        Client = new KafkaClient(Cluster);
        Network = new PostgresProxy(database.ConnectionString);
        this.settings =
        [
            ("Salus__Postgres", Network.ConnectionString), ("Salus__Keys__Master", Secret), ("Salus__Access__AuditFolder", folder["audit"]),
            ("Salus__Records__Sealed__Keys", $"one:{Secret}"), ("Salus__Records__Sealed__HashKeys", $"one:{Secret}"),
            ("Salus__Kafka__BootstrapServers", Cluster.Bootstrap), ("Salus__Kafka__Library", Cluster.Library), ("Salus__Kafka__SessionSeconds", "3"),
            ("Salus__Monitoring__Ingest__MaxBatchBytes", "100000"), ("Salus__Monitoring__SummaryMinutes", "0"), .. settings,
        ];
    }

    public MockCluster Cluster { get; }

    public KafkaClient Client { get; }

    internal PostgresProxy Network { get; }

    public SalusProcess Salus { get; private set; } = null!;

    /// <summary>Returns when it takes messages.</summary>
    public static async Task<SalusAtKafka> StartAsync(params (string, string)[] settings)
    {
        var ward = new SalusAtKafka(await TestDatabase.CreateAsync(), settings);
        await ward.StartSalusAsync();
        await ward.ConsumesAsync();
        return ward;
    }

    /// <summary>Returns when it serves, with a cluster that is away.</summary>
    public static async Task<SalusAtKafka> AwayAsync()
    {
        var ward = new SalusAtKafka(await TestDatabase.CreateAsync(), []);
        ward.Cluster.GoAway();
        await ward.StartSalusAsync();
        return ward;
    }

    public async Task StartSalusAsync() => Salus = await SalusProcess.ReadyAsync(folder["data"], settings);

    /// <summary>A second process on the same database and in the same group; the caller ends it.</summary>
    public Task<SalusProcess> AnotherAsync() => SalusProcess.ReadyAsync(folder["other"], settings);

    /// <summary>Kill -9, and the same again.</summary>
    public async Task KillAsync()
    {
        await Salus.KillAsync();
        Salus.Dispose();
        await StartSalusAsync();
    }

    /// <summary>Waits until it takes messages.</summary>
    public Task ConsumesAsync(SalusProcess? which = null) => Eventually.TrueAsync(async () => await StateAsync(which) == "ok", seconds: 90, Said);

    /// <summary>What readiness says of Kafka.</summary>
    public async Task<string> StateAsync(SalusProcess? which = null)
    {
        using var answer = await (which ?? Salus).GetAsync("/readyz");
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["checks"]!["kafka"]!["status"]!;
    }

    /// <summary>All that it wrote.</summary>
    public string Said() => string.Join('\n', Salus.Errors) + Salus.Output();

    /// <summary>A Device, a Patient, and that the one is on the other; returns when the registry knows.</summary>
    public async Task AttachAsync(string device, string patient)
    {
        await SendAsync(HttpMethod.Put, $"/fhir/Device/{device}", $$"""{"resourceType":"Device","id":"{{device}}","status":"active"}""");
        await SendAsync(HttpMethod.Put, $"/fhir/Patient/{patient}", $$"""{"resourceType":"Patient","id":"{{patient}}"}""");
        await UseAsync(device, patient, "active", null);
        await Eventually.TrueAsync(async () => (await Salus.JsonAsync("/monitoring/devices")).AsArray().Any(d => (string?)d!["id"] == device && (string?)d["patient"] == patient));
    }

    /// <summary>Writes the statement that says so.</summary>
    public Task UseAsync(string device, string patient, string status, string? end) => SendAsync(
        HttpMethod.Put, $"/fhir/DeviceUseStatement/use-{device}",
        $$$"""{"resourceType":"DeviceUseStatement","id":"use-{{{device}}}","status":"{{{status}}}","subject":{"reference":"Patient/{{{patient}}}"},"device":{"reference":"Device/{{{device}}}"},"timingPeriod":{"start":"2020-01-01T00:00:00Z"{{{(end is null ? "" : $",\"end\":\"{end}\"")}}}}}""");

    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative))
        {
            Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(path.StartsWith("/fhir", StringComparison.Ordinal) ? "application/fhir+json" : "application/json")),
        };
        using var answer = await Salus.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return text.Length > 0 ? JsonNode.Parse(text) : null;
    }

    /// <summary>The times that are stored for a patient's heart rate, in milliseconds; twice where one is there twice.</summary>
    public async Task<IReadOnlyList<long>> StoredAsync(string patient, SalusProcess? which = null)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        using var answer = await (which ?? Salus).GetAsync($"/telemetry/{patient}?metric=heart-rate&resolution=raw&from={now - 3_600_000}&to={now + 3_600_000}");
        return answer.IsSuccessStatusCode
            ? [.. JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["series"]!.AsArray().SelectMany(s => s!["points"]!.AsArray()).Select(p => (long)p![0]!)]
            : [];
    }

    /// <summary>Waits until exactly so many are stored, and each once.</summary>
    public async Task StoredAsync(string patient, int count, SalusProcess? which = null)
    {
        IReadOnlyList<long> stored = [];
        await Eventually.TrueAsync(async () => (stored = await StoredAsync(patient, which)).Count >= count, seconds: 90, () => $"{stored.Count} of {count}: {Said()}");
        Assert.Equal(count, stored.Count);
        Assert.Equal(count, stored.Distinct().Count());
    }

    /// <summary>Waits until all that the cluster has is committed.</summary>
    public Task CommittedAsync() => Eventually.TrueAsync(() => Client.Offsets() is var (committed, end) && committed == end, seconds: 60, () => $"{Client.Offsets()}: {Said()}");

    /// <summary>A figure of <c>/metrics</c>; 0 when it is not there.</summary>
    public async Task<long> MetricAsync(string name)
    {
        using var answer = await Salus.GetAsync("/metrics");
        var line = (await answer.Content.ReadAsStringAsync()).Split('\n').FirstOrDefault(l => l.StartsWith(name + " ", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[(name.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        Salus?.Dispose();
        Client.Dispose();
        Cluster.Dispose();
        await Network.DisposeAsync();
        await database.DisposeAsync();
        folder.Dispose();
    }
}
