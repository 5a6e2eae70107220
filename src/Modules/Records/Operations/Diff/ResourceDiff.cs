using System.Globalization;
using System.Text.Json.Nodes;
using Salus.Fhir.Definitions;
using Salus.Records.Patch.Json;

namespace Salus.Records.Operations.Diff;

/// <summary>Finds the operations of a FHIRPath Patch that turn one resource into another of the same type.</summary>
internal sealed class ResourceDiff(FhirDefinitions definitions)
{
    // Names that FHIRPath takes for operators unless they are quoted.
    private static readonly HashSet<string> Reserved = ["and", "as", "contains", "div", "implies", "in", "is", "mod", "or", "xor"];

    private readonly JsonArray operations = [];
    private readonly DiffValue values = new(definitions);

    /// <summary>A Parameters resource; with no parameter when there is no difference.</summary>
    public JsonObject Between(ReadOnlyMemory<byte> from, ReadOnlyMemory<byte> to)
    {
        var (a, b) = ((JsonObject)JsonTree.Node(JsonTree.Parse(from))!, (JsonObject)JsonTree.Node(JsonTree.Parse(to))!);
        var type = definitions.Resource((string)a["resourceType"]!)!;
        foreach (var resource in new[] { a, b })
        {
            // The server's own.
            (resource["meta"] as JsonObject)?.Remove("versionId");
            (resource["meta"] as JsonObject)?.Remove("lastUpdated");
            resource.Remove("id");
        }

        // What is left of meta may be empty. Where the first has it, only what is in it is added and deleted; where it has none, none that is empty is added.
        if (a["meta"] is JsonObject)
        {
            b["meta"] ??= new JsonObject();
        }
        else if (b["meta"] is JsonObject { Count: 0 })
        {
            b.Remove("meta");
        }

        Objects(type, type.Name, a, b);
        var parameters = new JsonObject { ["resourceType"] = "Parameters" };
        if (operations.Count > 0)
        {
            parameters["parameter"] = operations;
        }

        return parameters;
    }

    // What is added and changed comes before what is deleted, so that nothing is left empty on the way and goes by itself.
    private void Objects(TypeDefinition type, string path, JsonObject from, JsonObject to)
    {
        var deleted = new List<(ElementDefinition Element, DiffItem[] Items)>();
        foreach (var slot in Slots(type))
        {
            var (a, b) = (Present(slot, from), Present(slot, to));
            var at = $"{path}.{Name(slot[0].Name)}";
            switch (a, b)
            {
                case (null, { } added):
                    foreach (var item in added.Items)
                    {
                        Add(path, added.Element, item);
                    }

                    break;
                case ({ } gone, null):
                    deleted.Add(gone);
                    break;
                case ({ } old, { } now) when old.Element.IsArray:
                    Lists(old.Element, at, old.Items, now.Items);
                    break;
                case ({ } old, { } now):
                    One(now.Element, at, old.Items[0], now.Items[0], old.Element == now.Element);
                    break;
            }
        }

        foreach (var (element, items) in deleted)
        {
            for (var i = items.Length - 1; i >= 0; i--)
            {
                Operation("delete", element.IsArray ? $"{path}.{Name(element.Name)}[{i.ToString(CultureInfo.InvariantCulture)}]" : $"{path}.{Name(element.Name)}");
            }
        }
    }

    private void One(ElementDefinition element, string path, DiffItem from, DiffItem to, bool sameType)
    {
        if (sameType && from.Same(to))
        {
            return;
        }

        // Into choices and resources no path leads that is good in all places; their values are replaced as a whole.
        if (sameType && !element.IsChoice && element.Type.Kind is TypeKind.Complex or TypeKind.Backbone && from.Value is JsonObject a && to.Value is JsonObject b)
        {
            Objects(element.Type, path, a, b);
            return;
        }

        Operation("replace", path, values.Of(element, to));
    }

    private void Lists(ElementDefinition element, string path, DiffItem[] from, DiffItem[] to)
    {
        var head = 0;
        while (head < from.Length && head < to.Length && from[head].Same(to[head]))
        {
            head++;
        }

        var tail = 0;
        while (tail < from.Length - head && tail < to.Length - head && from[^(tail + 1)].Same(to[^(tail + 1)]))
        {
            tail++;
        }

        var common = Math.Min(from.Length, to.Length) - head - tail;
        for (var i = head; i < head + common; i++)
        {
            One(element, $"{path}[{i.ToString(CultureInfo.InvariantCulture)}]", from[i], to[i], sameType: true);
        }

        for (var i = from.Length - tail - 1; i >= head + common; i--)
        {
            Operation("delete", $"{path}[{i.ToString(CultureInfo.InvariantCulture)}]");
        }

        for (var i = head + common; i < to.Length - tail; i++)
        {
            Operation("insert", path, values.Of(element, to[i]), ("index", i));
        }
    }

    private void Add(string path, ElementDefinition element, DiffItem item)
    {
        Operation("add", path, values.Of(element, item), ("name", element.Name));
    }

    private void Operation(string type, string path, JsonObject? value = null, (string Name, object Value)? more = null)
    {
        var parts = new JsonArray
        {
            new JsonObject { ["name"] = "type", ["valueCode"] = type },
            new JsonObject { ["name"] = "path", ["valueString"] = path },
        };
        if (more is { } part)
        {
            parts.Add(part.Value is int index ? new JsonObject { ["name"] = part.Name, ["valueInteger"] = index } : new JsonObject { ["name"] = part.Name, ["valueString"] = (string)part.Value });
        }

        if (value is not null)
        {
            value["name"] = "value";
            parts.Add(value);
        }

        operations.Add(new JsonObject { ["name"] = "operation", ["part"] = parts });
    }

    // The elements of a type; the types of a choice together.
    private static List<ElementDefinition[]> Slots(TypeDefinition type)
    {
        var slots = new Dictionary<int, List<ElementDefinition>>();
        foreach (var element in type.Elements)
        {
            if (!slots.TryGetValue(element.Slot, out var slot))
            {
                slots.Add(element.Slot, slot = []);
            }

            slot.Add(element);
        }

        return [.. slots.Values.Select(s => s.ToArray())];
    }

    private static (ElementDefinition Element, DiffItem[] Items)? Present(ElementDefinition[] slot, JsonObject owner)
    {
        foreach (var element in slot)
        {
            var items = DiffItem.Of(owner[element.JsonName], owner[$"_{element.JsonName}"], element.IsArray);
            if (items.Length > 0)
            {
                return (element, items);
            }
        }

        return null;
    }

    private static string Name(string name) => Reserved.Contains(name) ? $"`{name}`" : name;
}
