using System.Text.Json.Nodes;
using Salus.Fhir.Definitions;

namespace Salus.Records.Operations.Diff;

/// <summary>Writes values as parameters carry them: as <c>value[x]</c> where Parameters has that type, else in parts, element by element.</summary>
internal sealed class DiffValue(FhirDefinitions definitions)
{
    private readonly TypeDefinition parameter = definitions.Type("Parameters.parameter")!;

    /// <summary>A parameter without its name.</summary>
    public JsonObject Of(ElementDefinition element, DiffItem item)
    {
        if (element.Type.Kind == TypeKind.Resource)
        {
            return new JsonObject { ["resource"] = item.Value?.DeepClone() };
        }

        var property = Property(element.Type);
        if (property is null)
        {
            return new JsonObject { ["part"] = Parts(element.Type, (JsonObject)item.Value!) };
        }

        var value = new JsonObject();
        if (item.Value is not null)
        {
            value[property] = item.Value.DeepClone();
        }

        if (item.Shadow is not null)
        {
            value[$"_{property}"] = item.Shadow.DeepClone();
        }

        return value;
    }

    private string? Property(TypeDefinition type)
    {
        var name = $"value{char.ToUpperInvariant(type.Name[0])}{type.Name[1..]}";
        return parameter.Find(System.Text.Encoding.UTF8.GetBytes(name)) is not null ? name : type.Kind == TypeKind.Primitive ? "valueString" : null;
    }

    private JsonArray Parts(TypeDefinition type, JsonObject value)
    {
        var parts = new JsonArray();
        foreach (var element in type.Elements)
        {
            foreach (var item in DiffItem.Of(value[element.JsonName], value[$"_{element.JsonName}"], element.IsArray))
            {
                var part = Of(element, item);
                part["name"] = element.Name;
                parts.Add(part);
            }
        }

        return parts;
    }
}
