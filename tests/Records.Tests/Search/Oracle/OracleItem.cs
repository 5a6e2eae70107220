using System.Globalization;
using System.Text;
using System.Text.Json;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;

namespace Salus.Records.Tests.Search.Oracle;

/// <summary>One thing that an expression gave: an element of a resource, or a value that FHIRPath made itself.</summary>
/// <param name="Type">The FHIR type's name: <c>CodeableConcept</c>, <c>dateTime</c>.</param>
/// <param name="Text">The value of a primitive.</param>
/// <param name="Json">The content of anything else.</param>
/// <param name="Element">The element, for expressions that go on from it.</param>
internal sealed record OracleItem(string Type, string? Text, JsonElement? Json, Element Element)
{
    private static readonly PathOptions Rules = new() { Rules = PathRules.Definitions };
    private static readonly PathContext Patient = new() { Limits = new PathLimits { Steps = long.MaxValue / 2 } };
    private static readonly Dictionary<(string, string), FhirPath> Compiled = [];

    /// <summary>Whether the type is this one or is derived from it.</summary>
    public bool Is(string type) => Type == type || FhirDefinitions.R4.Type(Type)?.Is(type) == true;

    /// <summary>A string below a complex value, such as <c>type.text</c>; null when it is not there.</summary>
    public static string? String(JsonElement json, params string[] names)
    {
        foreach (var name in names)
        {
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out json))
            {
                return null;
            }
        }

        return json.ValueKind switch
        {
            JsonValueKind.String when json.GetString() is { Length: > 0 } text => text,
            JsonValueKind.Number => json.GetRawText(),
            _ => null,
        };
    }

    /// <summary>The items of an array below a complex value; none when it is not there.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.Array ? found.EnumerateArray() : [];

    /// <summary>What an expression of a search parameter gives on an element.</summary>
    public static List<OracleItem> Evaluate(string expression, Element focus)
    {
        var type = focus.Type!;
        if (!Compiled.TryGetValue((type.Name, expression), out var path))
        {
            Assert.True(FhirPath.TryCompile(expression, FhirDefinitions.R4, type, out path, out var wrong, Rules), $"{type.Name}: {expression}: {wrong}");
            Compiled.Add((type.Name, expression), path);
        }

        var values = new PathCollection();
        Assert.True(path.TryEvaluate(focus, values, out var error, Patient), $"{type.Name}: {expression}: {error}");
        return [.. values.Select(Of).OfType<OracleItem>()];
    }

    private static OracleItem? Of(PathValue value)
    {
        if (!value.IsElement)
        {
            var system = value.Kind switch { PathKind.Boolean => "boolean", PathKind.Integer => "integer", PathKind.Decimal => "decimal", PathKind.Date or PathKind.DateTime => "dateTime", _ => "string" };
            return new OracleItem(system, value.Kind == PathKind.Decimal ? value.Decimal.ToString(CultureInfo.InvariantCulture) : value.ToString(), null, default);
        }

        var element = value.Element;
        if (!element.HasValue || element.Type is not { } type)
        {
            return null;
        }

        return element.Kind == JsonKind.Object
            ? new OracleItem(type.Name, null, JsonDocument.Parse(Encoding.UTF8.GetString(element.RawUtf8)).RootElement, element)
            : new OracleItem(type.Name, element.AsString(), null, element);
    }
}
