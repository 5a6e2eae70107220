using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Search.Oracle;

/// <summary>A bounded pick of Synthea, MIMIC and the examples of R4, in a server: always the same resources at the same ids.</summary>
internal static partial class OracleData
{
    public const string SyntheaFile = "synthea/pick150.tar.gz";
    public const string MimicFolder = "mimic-iv-demo-fhir/data/mimic-iv-clinical-database-demo-on-fhir-2.1.0/fhir";
    public const string ExamplesFolder = "r4-examples";
    private const int SmallBundle = 400_000;
    private const int MimicLines = 20;
    private const int BatchSize = 400;
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 200 };

    // These would change how the server itself behaves.
    private static readonly string[] LeftOut = ["Subscription", "SearchParameter"];

    /// <summary>Stores everything, some of it after other content at the same id, and reads back what the server has.</summary>
    public static async Task<OracleStore> LoadAsync(RecordServer server)
    {
        var resources = Synthea().Concat(Mimic()).Concat(Examples()).Concat(OracleEdges.All()).DistinctBy(r => $"{r["resourceType"]}/{r["id"]}").Where(r => !LeftOut.Contains((string?)r["resourceType"])).ToList();
        await PutAsync(server, [.. Earlier(resources)]);
        await PutAsync(server, resources);
        foreach (var id in Enumerable.Range(0, 20))
        {
            await server.Fhir.DeleteAsync($"Observation/gone-{id}");
        }

        var read = new List<OracleResource>();
        foreach (var type in resources.Select(r => (string)r["resourceType"]!).Distinct())
        {
            for (var next = $"{type}?_count=1000"; next is not null;)
            {
                var page = await server.Fhir.SearchAsync(next);
                using var bundle = JsonDocument.Parse(page.Body, Deep);
                read.AddRange(OracleItem.Items(bundle.RootElement, "entry").Select(e => Read(e.GetProperty("resource").GetRawText())));
                next = OracleItem.Items(bundle.RootElement, "link").Where(l => OracleItem.String(l, "relation") == "next").Select(l => OracleItem.String(l, "url")).FirstOrDefault();
            }
        }

        Assert.Equal(resources.Count, read.Count);
        return new OracleStore(read);
    }

    // Every seventh id has held a neighbour's content before, and some ids are deleted again: what is left of older versions would show.
    private static IEnumerable<JsonNode> Earlier(List<JsonNode> resources)
    {
        for (var i = 7; i < resources.Count; i += 7)
        {
            if ((string)resources[i]["resourceType"]! == (string)resources[i - 1]["resourceType"]!)
            {
                var earlier = resources[i - 1].DeepClone();
                earlier["id"] = (string)resources[i]["id"]!;
                yield return earlier;
            }
        }

        foreach (var (observation, i) in resources.Where(r => (string)r["resourceType"]! == "Observation").Take(20).Select((o, i) => (o.DeepClone(), i)))
        {
            observation["id"] = $"gone-{i}";
            yield return observation;
        }
    }

    private static async Task PutAsync(RecordServer server, List<JsonNode> resources)
    {
        foreach (var chunk in resources.Chunk(BatchSize))
        {
            var answer = await server.Fhir.BundleAsync(Samples.Bundle("batch", [.. chunk.Select(r => Samples.Entry("PUT", $"{r["resourceType"]}/{r["id"]}", (JsonObject)r.DeepClone()))]));
            Assert.True(answer.Status == 200, answer.ToString());
            Assert.All(answer.Entries.Zip(chunk), e => Assert.True(((string)e.First["response"]!["status"]!)[0] == '2', $"{e.Second["resourceType"]}/{e.Second["id"]}: {e.First.ToJsonString()}"));
        }
    }

    private static OracleResource Read(string json)
    {
        Assert.True(ResourceReader.TryRead(Encoding.UTF8.GetBytes(json), FhirDefinitions.R4, out var document, out var issue), issue?.ToString());
        return new OracleResource(document);
    }

    // The bundles of people with a short history. What they call urn:uuid:... is known by its id here.
    private static IEnumerable<JsonNode> Synthea()
    {
        using var file = File.OpenRead(TestData.Find(SyntheaFile)!);
        using var tar = new TarReader(new GZipStream(file, CompressionMode.Decompress));
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.Name.EndsWith(".json", StringComparison.Ordinal) && entry.Length < SmallBundle)
            {
                texts.Add(entry.Name, new StreamReader(entry.DataStream!).ReadToEnd());
            }
        }

        var names = texts.Values.SelectMany(t => FullUrl().Matches(t)).DistinctBy(m => m.Groups[1].Value).ToDictionary(m => m.Groups[1].Value, m => $"{m.Groups[2].Value}/{m.Groups[1].Value}");
        foreach (var text in texts.Values)
        {
            var resolved = Uuid().Replace(text, m => names.GetValueOrDefault(m.Groups[1].Value, m.Value));
            foreach (var entry in JsonNode.Parse(resolved, documentOptions: Deep)!["entry"]!.AsArray())
            {
                yield return entry!["resource"]!.DeepClone();
            }
        }
    }

    private static IEnumerable<JsonNode> Mimic()
    {
        foreach (var path in Directory.GetFiles(TestData.Find(MimicFolder)!, "*.ndjson.gz").Order(StringComparer.Ordinal))
        {
            using var lines = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
            for (var n = 0; n < MimicLines && lines.ReadLine() is { } line; n++)
            {
                yield return JsonNode.Parse(line)!;
            }
        }
    }

    private static IEnumerable<JsonNode> Examples() =>
        Directory.GetFiles(TestData.Find(ExamplesFolder)!, "*.json").Order(StringComparer.Ordinal)
        .Select(f => JsonNode.Parse(File.ReadAllText(f), documentOptions: Deep)!).Where(r => r["id"] is not null);

    [GeneratedRegex("""
        "fullUrl": "urn:uuid:([0-9a-f-]{36})",\s*"resource": \{\s*"resourceType": "([A-Za-z]+)"
        """)]
    private static partial Regex FullUrl();

    [GeneratedRegex("(?<!fullUrl\": \")urn:uuid:([0-9a-f-]{36})")]
    private static partial Regex Uuid();
}
