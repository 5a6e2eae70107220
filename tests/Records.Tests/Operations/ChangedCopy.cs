using System.Text.Json;
using System.Text.Json.Nodes;

namespace Salus.Records.Tests.Operations;

/// <summary>A copy of a resource with some changes: what is there goes, moves or is there twice; texts change; meta comes or goes.</summary>
internal static class ChangedCopy
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 200 };
    private static readonly JsonSerializerOptions Written = new() { MaxDepth = 200 };

    public static string Of(string json, Random random)
    {
        var resource = JsonNode.Parse(json, documentOptions: Deep)!.AsObject();
        var changes = random.Next(1, 6);
        for (var i = 0; i < changes; i++)
        {
            var places = new List<Action>();
            Collect(resource, places, random);
            if (places.Count > 0)
            {
                places[random.Next(places.Count)]();
            }
        }

        if (random.Next(2) == 0 && !resource.Remove("meta"))
        {
            resource["meta"] = new JsonObject { ["versionId"] = "7", ["tag"] = new JsonArray(new JsonObject { ["code"] = "changed" }) };
        }

        Prune(resource);
        return resource.ToJsonString(Written);
    }

    private static void Collect(JsonObject owner, List<Action> places, Random random)
    {
        foreach (var (name, value) in owner.ToList())
        {
            if (name is "resourceType" or "meta" || value is null || (name == "id" && owner.ContainsKey("resourceType")))
            {
                continue;
            }

            places.Add(() => owner.Remove(name));
            switch (value)
            {
                case JsonObject inner:
                    Collect(inner, places, random);
                    break;
                // Lists of primitives whose extensions stand beside them have two arrays that belong together.
                case JsonArray items when name[0] != '_' && !owner.ContainsKey($"_{name}") && items.Count > 0:
                    Items(items, places, random);
                    break;
                case JsonValue text when text.TryGetValue<string>(out var written) && name is "display" or "text" or "description" or "family" or "title":
                    places.Add(() => owner[name] = $"{written} changed");
                    break;
            }
        }
    }

    private static void Items(JsonArray items, List<Action> places, Random random)
    {
        places.Add(() => items.RemoveAt(random.Next(items.Count)));
        places.Add(() => items.Insert(random.Next(items.Count + 1), items[random.Next(items.Count)]!.DeepClone()));
        places.Add(() =>
        {
            var moved = items[^1]!.DeepClone();
            items.RemoveAt(items.Count - 1);
            items.Insert(0, moved);
        });
        foreach (var item in items.OfType<JsonObject>())
        {
            Collect(item, places, random);
        }
    }

    // JSON of FHIR has nothing that is empty (http://hl7.org/fhir/R4/json.html).
    private static bool Prune(JsonNode node)
    {
        switch (node)
        {
            case JsonObject owner:
                foreach (var (name, value) in owner.ToList())
                {
                    if (value is not null && Prune(value))
                    {
                        owner.Remove(name);
                    }
                }

                return owner.Count == 0;
            case JsonArray items:
                for (var i = items.Count - 1; i >= 0; i--)
                {
                    if (items[i] is { } item && Prune(item))
                    {
                        items.RemoveAt(i);
                    }
                }

                return items.Count == 0;
            default:
                return false;
        }
    }
}
