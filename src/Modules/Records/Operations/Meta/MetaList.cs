using System.Text.Json.Nodes;

namespace Salus.Records.Operations.Meta;

/// <summary>Profiles, tags and security labels of a meta element, and how sets of them are added and taken away.</summary>
internal static class MetaList
{
    public static readonly string[] Names = ["profile", "security", "tag"];

    /// <summary>Adds what is not there yet; true when that changed anything.</summary>
    public static bool Add(JsonObject meta, JsonObject more)
    {
        var changed = false;
        foreach (var name in Names)
        {
            foreach (var item in Items(more, name))
            {
                if (!Items(meta, name).Any(i => Same(i, item)))
                {
                    if (meta[name] is not JsonArray list)
                    {
                        meta[name] = list = [];
                    }

                    list.Add(item.DeepClone());
                    changed = true;
                }
            }
        }

        return changed;
    }

    /// <summary>Takes away what is there; true when that changed anything.</summary>
    public static bool Remove(JsonObject meta, JsonObject less)
    {
        var changed = false;
        foreach (var name in Names)
        {
            var gone = Items(meta, name).Where(i => Items(less, name).Any(l => Same(i, l))).ToList();
            gone.ForEach(i => ((JsonArray)meta[name]!).Remove(i));
            changed |= gone.Count > 0;
            if (gone.Count > 0 && meta[name] is JsonArray { Count: 0 })
            {
                meta.Remove(name);
            }
        }

        return changed;
    }

    // http://hl7.org/fhir/R4/resource-operation-meta-add.html: tags and labels are told apart by system and code.
    private static bool Same(JsonNode a, JsonNode b) => a is JsonObject x && b is JsonObject y
        ? (string?)x["system"] == (string?)y["system"] && (string?)x["code"] == (string?)y["code"]
        : JsonNode.DeepEquals(a, b);

    private static IEnumerable<JsonNode> Items(JsonObject meta, string name) => (meta[name] as JsonArray)?.OfType<JsonNode>() ?? [];
}
