using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Salus.Faults.Tests.Support;

namespace Salus.RabbitMq.Tests.Support;

/// <summary>A Salus process at queues of its own, with a network between it and its database, and a client of the broker.</summary>
internal sealed class SalusAtBroker : IAsyncDisposable
{
    private static int count;

    private readonly TestFolder folder = new();
    private readonly TestBroker broker;
    private readonly TestDatabase database;
    private readonly (string, string)[] settings;

    private SalusAtBroker(TestBroker broker, TestDatabase database, (string, string)[] settings)
    {
        this.broker = broker;
        this.database = database;
        Network = new PostgresProxy(database.ConnectionString);
        Queue = $"test{Interlocked.Increment(ref count)}.telemetry";
        this.settings =
        [
            ("Salus__Postgres", Network.ConnectionString), ("Salus__RabbitMq__Uri", broker.Uri), ("Salus__RabbitMq__Queue", Queue), ("Salus__RabbitMq__DeadLetterQueue", Dead),
            ("Salus__RabbitMq__RoutingKey", Queue), ("Salus__Monitoring__Ingest__MaxBatchBytes", "100000"), ("Salus__Monitoring__SummaryMinutes", "0"), .. settings,
        ];
    }

    /// <summary>The queue, and the key of its messages.</summary>
    public string Queue { get; }

    public string Dead => Queue + ".dead";

    public PostgresProxy Network { get; }

    public SalusProcess Salus { get; private set; } = null!;

    /// <summary>Returns when it takes messages.</summary>
    public static async Task<SalusAtBroker> StartAsync(TestBroker broker, params (string, string)[] settings)
    {
        var ward = await ReadyAsync(broker, settings);
        await ward.ConsumesAsync();
        return ward;
    }

    /// <summary>Returns when it serves, whether it takes messages or not.</summary>
    public static async Task<SalusAtBroker> ReadyAsync(TestBroker broker, params (string, string)[] settings)
    {
        var ward = new SalusAtBroker(broker, await TestDatabase.CreateAsync(), settings);
        await ward.StartSalusAsync();
        return ward;
    }

    public async Task StartSalusAsync() => Salus = await SalusProcess.ReadyAsync(folder["data"], settings);

    /// <summary>Kill -9, and the same again.</summary>
    public async Task KillAsync()
    {
        await Salus.KillAsync();
        Salus.Dispose();
        await StartSalusAsync();
    }

    /// <summary>Waits until it takes messages.</summary>
    public Task ConsumesAsync() => Eventually.TrueAsync(async () => await BrokerStateAsync() == "ok", seconds: 90, () => string.Join('\n', Salus.Errors) + Salus.Output());

    /// <summary>What readiness says of the broker.</summary>
    public async Task<string> BrokerStateAsync()
    {
        using var answer = await Salus.GetAsync("/readyz");
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["checks"]!["rabbitmq"]!["status"]!;
    }

    /// <summary>A Device, a Patient, and that the one is on the other; returns when the registry knows.</summary>
    public async Task AttachAsync(string device, string patient, string? parent = null)
    {
        var resource = new JsonObject { ["resourceType"] = "Device", ["id"] = device, ["status"] = "active", ["identifier"] = new JsonArray(new JsonObject { ["system"] = "urn:serial", ["value"] = $"SN-{device}" }) };
        if (parent is not null)
        {
            resource["parent"] = new JsonObject { ["reference"] = $"Device/{parent}" };
        }

        await PutAsync(resource);
        await PutAsync(new JsonObject { ["resourceType"] = "Patient", ["id"] = patient });
        await PutAsync(new JsonObject
        {
            ["resourceType"] = "DeviceUseStatement", ["id"] = $"use-{device}", ["status"] = "active", ["subject"] = new JsonObject { ["reference"] = $"Patient/{patient}" },
            ["device"] = new JsonObject { ["reference"] = $"Device/{device}" }, ["timingPeriod"] = new JsonObject { ["start"] = "2020-01-01T00:00:00Z" },
        });
        await Eventually.TrueAsync(async () => (await Salus.JsonAsync("/monitoring/devices")).AsArray().Any(d => (string?)d!["id"] == device && (string?)d["patient"] == patient));
    }

    /// <summary>The times that are stored for a patient's heart rate, in milliseconds; twice where one is there twice.</summary>
    public async Task<IReadOnlyList<long>> StoredAsync(string patient)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        using var answer = await Salus.GetAsync($"/telemetry/{patient}?metric=heart-rate&resolution=raw&from={now - 3_600_000}&to={now + 3_600_000}");
        return answer.IsSuccessStatusCode
            ? [.. JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["series"]!.AsArray().SelectMany(s => s!["points"]!.AsArray()).Select(p => (long)p![0]!)]
            : [];
    }

    public Task<Publisher> ConnectAsync() => Publisher.ConnectAsync(broker, Queue, Dead);

    /// <summary>Publishes by MQTT under the topic of a device; null, or what went wrong.</summary>
    public Task<string?> MqttAsync(string device, byte[] body, string user = "guest", string password = "guest") => Mosquitto.PublishAsync(broker, $"{Queue.Replace('.', '/')}/{device}", body, user, password);

    public async ValueTask DisposeAsync()
    {
        Salus?.Dispose();
        await Network.DisposeAsync();
        await database.DisposeAsync();
        folder.Dispose();
    }

    private async Task PutAsync(JsonObject resource)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri($"/fhir/{resource["resourceType"]}/{resource["id"]}", UriKind.Relative))
        {
            Content = new StringContent(resource.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/fhir+json")),
        };
        using var answer = await Salus.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
