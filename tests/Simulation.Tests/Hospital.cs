using System.Text.Json.Nodes;

namespace Salus.Simulation.Tests;

/// <summary>The default plan at a fixed present, made once for all tests.</summary>
public sealed class Hospital
{
    public static readonly DateTimeOffset Until = new(2026, 11, 21, 0, 0, 0, TimeSpan.FromHours(1));

    public Hospital()
    {
        Bundles = [.. Make(200).Bundles().Select(bundle => JsonNode.Parse(bundle.Span)!.AsObject())];
        Resources = [.. Bundles.SelectMany(Of)];
    }

    public IReadOnlyList<JsonObject> Bundles { get; }
    public IReadOnlyList<JsonObject> Resources { get; }

    public static SyntheticHospital Make(int patients, int seed = 1) => new(new HospitalPlan(seed, patients, Until: Until), TimeProvider.System);

    public static IEnumerable<JsonObject> Of(JsonObject bundle) => bundle["entry"]!.AsArray().Select(entry => entry!["resource"]!.AsObject());

    public IEnumerable<JsonObject> Named(string type) => Resources.Where(resource => Type(resource) == type);

    public static string Type(JsonObject resource) => (string)resource["resourceType"]!;

    public static string Id(JsonObject resource) => (string)resource["id"]!;

    /// <summary>Every object and value below a node, with the name of its property.</summary>
    public static List<(string Name, JsonNode Node)> Walk(JsonNode node)
    {
        var found = new List<(string, JsonNode)>();
        Collect("", node, found);
        return found;
    }

    static void Collect(string name, JsonNode node, List<(string, JsonNode)> found)
    {
        found.Add((name, node));
        if (node is JsonObject one) foreach (var (key, value) in one) Collect(key, value!, found);
        if (node is JsonArray many) foreach (var item in many) Collect(name, item!, found);
    }

    public static DateTimeOffset Moment(JsonNode? node) => DateTimeOffset.Parse((string)node!, System.Globalization.CultureInfo.InvariantCulture);
}
