using System.Globalization;
using System.Text.Json.Nodes;
using Salus.Fhir.Definitions;

namespace Salus.Records.Patch.FhirPath;

/// <summary>
/// Where an element stands in JSON: a property of an object, or an item of the list that the property is. A primitive's extensions stand beside it, in a
/// property with an underscore in front whose items go with those of the list (http://hl7.org/fhir/R4/json.html#primitive); both are kept in step.
/// </summary>
/// <param name="Owner">The object that has the property.</param>
/// <param name="Property">Its name, without underscore.</param>
/// <param name="Index">The place in the list; null when the element does not repeat.</param>
internal sealed record PatchPlace(JsonObject Owner, string Property, int? Index)
{
    /// <summary>The place that a path such as <c>Patient.contact[1].gender</c> names; it comes from the document that the tree was written to.</summary>
    public static PatchPlace Of(JsonObject root, string path)
    {
        var steps = path.Split('.')[1..];
        JsonNode at = root;
        for (var i = 0; ; i++)
        {
            var bracket = steps[i].IndexOf('[', StringComparison.Ordinal);
            var name = bracket < 0 ? steps[i] : steps[i][..bracket];
            int? index = bracket < 0 ? null : int.Parse(steps[i].AsSpan((bracket + 1)..^1), CultureInfo.InvariantCulture);
            if (i == steps.Length - 1)
            {
                return new PatchPlace((JsonObject)at, name.TrimStart('_'), index);
            }

            at = index is { } item ? at[name]![item]! : at[name]!;
        }
    }

    /// <summary>The element definition that a name and a value mean: of a choice such as <c>value[x]</c> the one of the value's type. Null when there is none.</summary>
    public static ElementDefinition? Find(TypeDefinition type, string name, PatchValue value)
    {
        var plain = name.EndsWith("[x]", StringComparison.Ordinal) ? name[..^3] : name;
        foreach (var element in type.Elements)
        {
            if (element.IsChoice ? (element.Name == plain && element.JsonName == plain + value.Suffix) || (element.JsonName == name && name.EndsWith(value.Suffix, StringComparison.Ordinal)) : element.Name == name)
            {
                return element;
            }
        }

        return null;
    }

    private string Shadow => $"_{Property}";

    /// <summary>The items of the list, values or extensions, whichever are more.</summary>
    public int Count => Math.Max((Owner[Property] as JsonArray)?.Count ?? 0, (Owner[Shadow] as JsonArray)?.Count ?? 0);

    /// <summary>Whether anything is there.</summary>
    public bool Exists => Owner.ContainsKey(Property) || Owner.ContainsKey(Shadow);

    /// <summary>The object that is the element; of a primitive that with its id and extensions, which is made if need be.</summary>
    public JsonObject Object()
    {
        var value = Index is { } index ? Item(Property, index) : Owner[Property];
        if (value is JsonObject found)
        {
            return found;
        }

        if ((Index is { } place ? Item(Shadow, place) : Owner[Shadow]) is JsonObject shadow)
        {
            return shadow;
        }

        var made = new JsonObject();
        if (Index is { } at)
        {
            List(Shadow, at + 1)[at] = made;
        }
        else
        {
            Owner[Shadow] = made;
        }

        return made;
    }

    /// <summary>Puts a value in the place: a new item in front of what is there, or the property.</summary>
    public void Insert(JsonNode? value, JsonNode? shadow)
    {
        if (Index is not { } index)
        {
            Set(value, shadow);
            return;
        }

        var count = Count;
        if (value is not null || Owner.ContainsKey(Property))
        {
            List(Property, count).Insert(index, value);
        }

        if (shadow is not null || Owner.ContainsKey(Shadow))
        {
            List(Shadow, count).Insert(index, shadow);
        }
    }

    /// <summary>Replaces what is there.</summary>
    public void Set(JsonNode? value, JsonNode? shadow)
    {
        Put(Property, value);
        Put(Shadow, shadow);
        Tidy();
    }

    /// <summary>Takes it away. An object or list that is left empty goes too: FHIR has no empty ones.</summary>
    public void Remove()
    {
        if (Index is { } index)
        {
            foreach (var name in new[] { Property, Shadow })
            {
                if (Owner[name] is JsonArray items && index < items.Count)
                {
                    items.RemoveAt(index);
                }
            }
        }
        else
        {
            Owner.Remove(Property);
            Owner.Remove(Shadow);
        }

        Tidy();
        if (Owner is { Count: 0, Parent: { } parent })
        {
            Above(parent).Remove();
        }
    }

    /// <summary>Moves an item of the list to another place, counted after it was taken out.</summary>
    public void Move(int destination)
    {
        var count = Count;
        foreach (var name in new[] { Property, Shadow })
        {
            if (Owner.ContainsKey(name))
            {
                var items = List(name, count);
                var moved = items[Index!.Value];
                items.RemoveAt(Index.Value);
                items.Insert(destination, moved);
            }
        }

        Tidy();
    }

    private PatchPlace Above(JsonNode parent) => parent is JsonArray list
        ? new PatchPlace((JsonObject)list.Parent!, list.GetPropertyName().TrimStart('_'), Owner.GetElementIndex())
        : new PatchPlace((JsonObject)parent, Owner.GetPropertyName().TrimStart('_'), null);

    private void Put(string name, JsonNode? value)
    {
        if (Index is not { } index)
        {
            if (value is null)
            {
                Owner.Remove(name);
            }
            else
            {
                Owner[name] = value;
            }
        }
        else if (value is not null || Owner.ContainsKey(name))
        {
            List(name, index + 1)[index] = value;
        }
    }

    private JsonNode? Item(string name, int index) => Owner[name] is JsonArray items && index < items.Count ? items[index] : null;

    // The list, with so many items at least: nulls stand for what has only the other half.
    private JsonArray List(string name, int count)
    {
        if (Owner[name] is not JsonArray items)
        {
            Owner[name] = items = [];
        }

        while (items.Count < count)
        {
            items.Add(null);
        }

        return items;
    }

    private void Tidy()
    {
        foreach (var name in new[] { Property, Shadow })
        {
            if (Owner[name] is JsonArray items && items.All(i => i is null))
            {
                Owner.Remove(name);
            }
        }
    }
}
