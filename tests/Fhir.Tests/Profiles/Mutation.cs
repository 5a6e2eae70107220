using System.Text.Json.Nodes;

namespace Salus.Fhir.Tests.Profiles;

/// <summary>Breaks JSON at random: takes things out, doubles them, puts others in their place.</summary>
internal static class Mutation
{
    private static readonly string[] Texts = ["", "x", "#", "Patient/1", "http://example.org/a", "$this.resolve()", "a.b.c", "0", "*", "2147483648", "closed", "type", "Extension", "[x]", "'", "((((", "value[x]"];

    internal static JsonNode Of(JsonNode root, Random random, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var all = new List<JsonNode>();
            Collect(root, all);
            Change(all[random.Next(all.Count)], random);
        }

        return root;
    }

    private static void Change(JsonNode node, Random random)
    {
        switch (node)
        {
            case JsonObject map when map.Count > 0:
                var name = map.ElementAt(random.Next(map.Count)).Key;
                if (random.Next(2) == 0)
                {
                    map.Remove(name);
                }
                else
                {
                    map[name] = Other(random);
                }

                break;
            case JsonArray list when list.Count > 0:
                var at = random.Next(list.Count);
                if (random.Next(2) == 0)
                {
                    list.RemoveAt(at);
                }
                else
                {
                    list.Add(list[at]?.DeepClone());
                }

                break;
            case JsonValue value when value.Parent is JsonObject parent:
                parent[value.GetPropertyName()] = Other(random);
                break;
        }
    }

    private static JsonNode Other(Random random) => random.Next(6) switch
    {
        0 => JsonValue.Create(random.Next(-2, 5)),
        1 => JsonValue.Create(true),
        2 => new JsonObject { ["code"] = "x" },
        3 => new JsonArray("a", 1),
        _ => JsonValue.Create(Texts[random.Next(Texts.Length)])!,
    };

    private static void Collect(JsonNode? node, List<JsonNode> into)
    {
        if (node is null)
        {
            return;
        }

        into.Add(node);
        foreach (var child in node is JsonObject map ? map.Select(p => p.Value) : node is JsonArray list ? list : [])
        {
            Collect(child, into);
        }
    }
}
