using System.Text.Json;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests;

/// <summary>The 384 examples of the R4 specification that are not part of the project; without them these tests say so and end.</summary>
public sealed class R4ExamplesTests(R4ExamplesTests.Server server) : IClassFixture<R4ExamplesTests.Server>
{
    private readonly FhirClient fhir = server.Fhir;

    // One example breaks R4: 32 of its items have no linkId. The server that does not validate takes it too: see the class below.
    private static readonly Dictionary<string, string> Broken = new() { ["Questionnaire-qs1.json"] = "linkId" };

    // One of them is a Subscription in use, whose endpoint is somebody's.
    public sealed class Server : RecordServer
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Salus:Records:Subscriptions:Enabled", "false")];
    }

    [DataFact("r4-examples")]
    public async Task All_examples_that_keep_to_R4_are_served_back_the_same() => await AllAsync(fhir, Broken);

    internal static async Task AllAsync(FhirClient fhir, Dictionary<string, string> broken)
    {
        var folder = TestData.Find("r4-examples")!;
        var wrong = new List<string>();
        var files = Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).ToList();
        foreach (var file in files)
        {
            var sent = await File.ReadAllBytesAsync(file);
            using var original = JsonDocument.Parse(sent, new JsonDocumentOptions { MaxDepth = 200 });
            var type = original.RootElement.GetProperty("resourceType").GetString()!;
            var id = original.RootElement.TryGetProperty("id", out var stated) ? stated.GetString() : null;
            var stored = id is null
                ? await fhir.SendAsync(HttpMethod.Post, type, FhirClient.Json(sent))
                : await fhir.SendAsync(HttpMethod.Put, $"{type}/{id}", FhirClient.Json(sent));
            if (broken.TryGetValue(Path.GetFileName(file), out var why))
            {
                stored.Refused(400, why);
                continue;
            }

            if (stored.Status is not (200 or 201))
            {
                wrong.Add($"{Path.GetFileName(file)}: {stored}");
                continue;
            }

            using var served = JsonDocument.Parse((await fhir.GetAsync($"{type}/{(string)stored.Json["id"]!}")).Body, new JsonDocumentOptions { MaxDepth = 200 });
            if (Difference(original.RootElement, served.RootElement, type) is { } difference)
            {
                wrong.Add($"{Path.GetFileName(file)}: {difference}");
            }
        }

        Assert.True(files.Count >= 384, $"{files.Count} files");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {files.Count}:\n{string.Join('\n', wrong)}");
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("1.00")]
    [InlineData("-0.0")]
    [InlineData("1e3")]
    [InlineData("1.10E-2")]
    [InlineData("0.000000000000000000000000000000000001")]
    [InlineData("123456789012345678901234567890.5")]
    public async Task Decimals_keep_their_digits(string number)
    {
        var stored = await fhir.StoreAsync(Samples.Observation("digits", value: number));
        Assert.Contains($"\"value\":{number},", stored.Text, StringComparison.Ordinal);
        Assert.Contains($"\"value\":{number},", (await fhir.GetAsync("Observation/digits")).Text, StringComparison.Ordinal);
    }

    // Null when they say the same: members in any order, numbers with the same digits; the server's id and meta elements aside.
    private static string? Difference(JsonElement a, JsonElement b, string path)
    {
        if (a.ValueKind != b.ValueKind)
        {
            return $"{path}: {a.ValueKind} became {b.ValueKind}";
        }

        switch (a.ValueKind)
        {
            case JsonValueKind.Object:
                var names = a.EnumerateObject().Concat(b.EnumerateObject()).Select(p => p.Name).Distinct().Where(n => !IsServers(path, n));
                return names.Select(n => (a.TryGetProperty(n, out var x), b.TryGetProperty(n, out var y)) switch
                {
                    (true, true) => Difference(x, y, $"{path}.{n}"),
                    _ => n == "meta" ? null : $"{path}.{n} is in one only",
                }).FirstOrDefault(d => d is not null);
            case JsonValueKind.Array:
                return a.GetArrayLength() != b.GetArrayLength()
                    ? $"{path}: {a.GetArrayLength()} items became {b.GetArrayLength()}"
                    : a.EnumerateArray().Zip(b.EnumerateArray()).Select((p, i) => Difference(p.First, p.Second, $"{path}[{i}]")).FirstOrDefault(d => d is not null);
            case JsonValueKind.Number:
                return a.GetRawText() == b.GetRawText() ? null : $"{path}: {a.GetRawText()} became {b.GetRawText()}";
            default:
                return a.ToString() == b.ToString() ? null : $"{path}: '{a}' became '{b}'";
        }
    }

    private static bool IsServers(string path, string name) =>
        (!path.Contains('.', StringComparison.Ordinal) && name == "id") || (path.EndsWith(".meta", StringComparison.Ordinal) && path.Split('.').Length == 2 && name is "versionId" or "lastUpdated");
}

/// <summary>The same with <c>Salus:Records:Validation=Off</c>.</summary>
public sealed class UnvalidatedExamplesTests(UnvalidatedExamplesTests.Server server) : IClassFixture<UnvalidatedExamplesTests.Server>
{
    [DataFact("r4-examples")]
    public async Task All_384_examples_are_served_back_the_same_without_validation() => await R4ExamplesTests.AllAsync(server.Fhir, []);

    public sealed class Server : RecordServer
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Salus:Records:Validation", "Off"), new("Salus:Records:Subscriptions:Enabled", "false")];
    }
}
