using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;

namespace Salus.RabbitMq.Tests.Cluster;

/// <summary>Some Salus processes on one database and one broker, that share the patients, of whom each has a monitor.</summary>
internal sealed class SharedWard : IAsyncDisposable
{
    private static readonly string Secret = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData("of a test"u8));
    private static int count;

    private readonly TestFolder folder = new();
    private readonly string prefix = $"shared{Interlocked.Increment(ref count)}";
    private readonly TestBroker broker;
    private readonly TestDatabase database;
    private readonly (string, string)[] settings;
    private int begun;

    private SharedWard(TestBroker broker, TestDatabase database, (string, string)[] settings) => (this.broker, this.database, this.settings) = (broker, database, settings);

    /// <summary>The processes, as they were started; of one that was killed there is nothing more to ask.</summary>
    public List<SalusProcess> Nodes { get; } = [];

    /// <summary>Past all processes.</summary>
    public NpgsqlDataSource Database => database.Source;

    /// <summary>Returns when they share the partitions and know the devices.</summary>
    public static async Task<SharedWard> StartAsync(TestBroker broker, int nodes, int patients, params (string, string)[] settings)
    {
        var ward = new SharedWard(broker, await TestDatabase.CreateAsync(), settings);
        try
        {
            await ward.AddAsync();
            for (var more = Task.WhenAll(Enumerable.Range(1, nodes - 1).Select(_ => ward.AddAsync())); !more.IsCompletedSuccessfully;)
            {
                await more;
            }

            await ward.RegisterAsync(patients);
            await ward.SharedAsync(nodes);
            return ward;
        }
        catch
        {
            await ward.DisposeAsync();
            throw;
        }
    }

    public static string Patient(int number) => $"bed{number}";

    /// <summary>One more process.</summary>
    public async Task<SalusProcess> AddAsync()
    {
        var number = Interlocked.Increment(ref begun);
        var node = await SalusProcess.ReadyAsync(
            folder[$"node{number}"],
            [
                ("Salus__Postgres", database.ConnectionString), ("Salus__PoolSize", "12"), ("Salus__RabbitMq__Uri", broker.Uri), ("Salus__RabbitMq__Queue", $"{prefix}.telemetry"), ("Salus__RabbitMq__DeadLetterQueue", $"{prefix}.dead"),
                ("Salus__RabbitMq__RoutingKey", $"{prefix}.telemetry"), ("Salus__RabbitMq__PartitionPrefix", prefix), ("Salus__Monitoring__Mode", "Clustered"), ("Salus__Monitoring__SummaryMinutes", "0"),
                ("Salus__Keys__Master", Secret), ("Salus__Access__AuditFolder", folder["audit"]), ("Salus__Records__Sealed__Keys", $"one:{Secret}"), ("Salus__Records__Sealed__HashKeys", $"one:{Secret}"), .. settings,
            ]);
        lock (Nodes)
        {
            Nodes.Add(node);
        }

        return node;
    }

    /// <summary>Waits until so many processes have all partitions among them, each of them its share, as chance gives it.</summary>
    public Task SharedAsync(int nodes) => Eventually.TrueAsync(
        async () =>
        {
            var held = await HeldAsync();
            var listening = await NumberAsync("select count(*) from monitoring.node n, unnest(n.subscribed) where n.beat_at > now() - interval '5 seconds'");
            return held.Count == nodes && held.Values.Sum() == 64 && held.Values.All(h => h >= 64 / nodes / 3) && listening == (nodes == 1 ? 64 : 128);
        },
        seconds: 90, State);

    /// <summary>How many partitions each process has, by its number in the operating system.</summary>
    public async Task<Dictionary<int, long>> HeldAsync()
    {
        await using var command = Database.CreateCommand("select split_part(node, '/', 2)::int, count(*) from monitoring.holder where node <> '' group by 1");
        await using var reader = await command.ExecuteReaderAsync();
        var held = new Dictionary<int, long>();
        while (await reader.ReadAsync())
        {
            held[reader.GetInt32(0)] = reader.GetInt64(1);
        }

        return held;
    }

    /// <summary>What a query counts.</summary>
    public async Task<long> NumberAsync(string sql)
    {
#pragma warning disable CA2100 // Written in the tests.
        await using var command = Database.CreateCommand(sql);
#pragma warning restore CA2100
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    /// <summary>The times of a patient's heart rate that a process tells, in milliseconds.</summary>
    public static async Task<List<long>> StoredAsync(SalusProcess asked, int patient, long from)
    {
        var answer = await asked.JsonAsync($"/telemetry/{Patient(patient)}?metric=heart-rate&resolution=raw&from={from}&to={from + 86_400_000}&points=1000000");
        return [.. answer["series"]!.AsArray().SelectMany(s => s!["points"]!.AsArray()).Select(p => (long)p![0]!)];
    }

    /// <summary>How many values of it are in its aggregates: one that is stored twice counts twice.</summary>
    public static async Task<long> CountedAsync(SalusProcess asked, int patient, long from)
    {
        var answer = await asked.JsonAsync($"/telemetry/{Patient(patient)}?metric=heart-rate&resolution=minute&from={from / 60_000 * 60_000}&to={from + 86_400_000}");
        return answer["series"]!.AsArray().SelectMany(s => s!["points"]!.AsArray()).Sum(p => (long)p![4]!);
    }

    /// <summary>What was acknowledged stands there once, whichever process is asked. Also the last of it, which waits in the queues for a moment.</summary>
    public static async Task EqualAsync(SharedWard ward, Load load)
    {
        foreach (var (patient, times) in load.Acknowledged)
        {
            var sent = times.Order().ToList();
            foreach (var node in ward.Nodes)
            {
                await Eventually.TrueAsync(async () => (await StoredAsync(node, patient, load.Begin)).Count >= sent.Count, seconds: 60, () => $"patient {patient}, {sent.Count} sent\n{ward.State()}");
                Assert.Equal(sent, await StoredAsync(node, patient, load.Begin));
                Assert.Equal(sent.Count, await CountedAsync(node, patient, load.Begin));
            }
        }
    }

    /// <summary>What all of them said, for a test that failed.</summary>
    public string State() => string.Join("\n--\n", Nodes.Select(n => $"{string.Join('\n', n.Errors.TakeLast(20))}\n{string.Join('\n', n.Output().Split('\n').TakeLast(20))}"));

    public async ValueTask DisposeAsync()
    {
        Nodes.ForEach(n => n.Dispose());
        await database.DisposeAsync();
        folder.Dispose();
    }

    private async Task RegisterAsync(int patients)
    {
        var since = TimeProvider.System.GetUtcNow().AddHours(-2).ToString("O", CultureInfo.InvariantCulture);
        var entries = new JsonArray();
        foreach (var text in Enumerable.Range(0, patients).SelectMany(n => new[]
        {
            $$"""{"resourceType":"Patient","id":"bed{{n}}","birthDate":"1950-01-01"}""",
            $$"""{"resourceType":"Device","id":"monitor{{n}}"}""",
            $$$"""{"resourceType":"DeviceUseStatement","id":"use{{{n}}}","status":"active","subject":{"reference":"Patient/bed{{{n}}}"},"device":{"reference":"Device/monitor{{{n}}}"},"timingPeriod":{"start":"{{{since}}}"}}""",
        }))
        {
            var resource = JsonNode.Parse(text)!;
            entries.Add(new JsonObject { ["request"] = new JsonObject { ["method"] = "PUT", ["url"] = $"{resource["resourceType"]}/{resource["id"]}" }, ["resource"] = resource });
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/fhir", UriKind.Relative))
        {
            Content = new StringContent(new JsonObject { ["resourceType"] = "Bundle", ["type"] = "transaction", ["entry"] = entries }.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/fhir+json")),
        };
        using var answer = await Nodes[0].SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        foreach (var node in Nodes)
        {
            await Eventually.TrueAsync(async () => (await node.JsonAsync("/monitoring/devices")).AsArray().Count(d => d!["patient"] is not null) == patients, seconds: 60);
        }
    }
}
