using System.Text.Json.Nodes;

namespace Salus.Records.Operations.Diff;

/// <summary>One value of an element: its JSON, and of a primitive what stands beside it, its id and extensions.</summary>
internal readonly record struct DiffItem(JsonNode? Value, JsonNode? Shadow)
{
    /// <summary>The values of a property and of the one with an underscore in front.</summary>
    public static DiffItem[] Of(JsonNode? value, JsonNode? shadow, bool many)
    {
        if (!many)
        {
            return value is null && shadow is null ? [] : [new DiffItem(value, shadow)];
        }

        var (values, shadows) = (value as JsonArray ?? [], shadow as JsonArray ?? []);
        return [.. Enumerable.Range(0, Math.Max(values.Count, shadows.Count)).Select(i => new DiffItem(i < values.Count ? values[i] : null, i < shadows.Count ? shadows[i] : null))];
    }

    /// <summary>Whether both are the same, the precision of decimals included.</summary>
    public bool Same(DiffItem other) => Text(Value) == Text(other.Value) && Text(Shadow) == Text(other.Shadow);

    // Equal trees may write their properties in another order; decimals of another precision are another value.
    private static string Text(JsonNode? node) => node switch
    {
        JsonObject all => $"{{{string.Join(',', all.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}:{Text(p.Value)}"))}}}",
        JsonArray items => $"[{string.Join(',', items.Select(Text))}]",
        null => "null",
        _ => node.ToJsonString(VersionDiff.Unescaped),
    };
}
