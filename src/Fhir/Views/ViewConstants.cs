using System.Text;
using System.Text.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Primitives;

namespace Salus.Fhir.Views;

/// <summary>Reads <c>ViewDefinition.constant</c>: a name and a value of one of FHIR's primitive types.</summary>
internal static class ViewConstants
{
    private const string Types = "base64Binary, boolean, canonical, code, date, dateTime, decimal, id, instant, integer, integer64, oid, positiveInt, string, time, unsignedInt, uri, url, uuid";

    private static readonly HashSet<string> Known = new(Types.Split(", "), StringComparer.Ordinal);

    internal static Dictionary<string, PathValue> Read(JsonElement view, JsonNodes nodes)
    {
        var constants = new Dictionary<string, PathValue>(StringComparer.Ordinal);
        foreach (var (constant, place) in nodes.Objects(view, "constant", "ViewDefinition"))
        {
            var name = nodes.Name(constant, place, required: true);
            var value = Value(constant, place, nodes);
            if (name is "rowIndex" or "context" or "resource" or "rootResource" or "ucum" or "sct" or "loinc")
            {
                nodes.Wrong($"{place}.name", $"%{name} has a meaning of its own in FHIRPath. Choose another name.", "value");
            }
            else if (name is not null && value.Kind != PathKind.None && !constants.TryAdd(name, value))
            {
                nodes.Wrong($"{place}.name", $"The constant '{name}' is defined twice.", "duplicate");
            }
        }

        return constants;
    }

    private static PathValue Value(JsonElement constant, string place, JsonNodes nodes)
    {
        var found = default(PathValue);
        var count = 0;
        foreach (var property in constant.EnumerateObject())
        {
            if (property.Name is "name" or "id" or "extension" or "modifierExtension" || property.Name.StartsWith('_'))
            {
                continue;
            }

            var type = property.Name.StartsWith("value", StringComparison.Ordinal) && property.Name.Length > 5 ? char.ToLowerInvariant(property.Name[5]) + property.Name[6..] : "";
            if (!Known.Contains(type))
            {
                nodes.Wrong($"{place}.{JsonNodes.Shorten(property.Name)}", $"A constant has a name and one value[x], of the types {Types}.");
                count++;
                continue;
            }

            count++;
            found = Parse(type, property.Value);
            if (found.Kind == PathKind.None)
            {
                nodes.Wrong($"{place}.{property.Name}", $"'{JsonNodes.Shorten(property.Value.ToString())}' is not a value of the type {type}.", "value");
            }
        }

        if (count != 1)
        {
            nodes.Wrong(place, count == 0 ? "The constant has no value: add one, such as valueString." : "The constant has several values; it takes one.", "required");
        }

        return count == 1 ? found : default;
    }

    private static PathValue Parse(string type, JsonElement value)
    {
        switch (type)
        {
            case "boolean":
                return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? PathValue.Of(value.GetBoolean()) : default;
            case "integer" or "positiveInt" or "unsignedInt":
                return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var integer) && integer >= Least(type) ? PathValue.Of(integer) : default;
            case "integer64":
                // JSON writes it as a text, so that no reader rounds it.
                return !long.TryParse(value.ToString(), System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var large) ? default
                    : large is >= int.MinValue and <= int.MaxValue ? PathValue.Of((int)large)
                    : PathValue.Of((decimal)large);
            case "decimal":
                return value.ValueKind == JsonValueKind.Number && SystemValue.TryDecimal(Encoding.UTF8.GetBytes(value.GetRawText()), out var number) ? PathValue.Of(number) : default;
        }

        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 0 } text)
        {
            return default;
        }

        var utf8 = Encoding.UTF8.GetBytes(text);
        return type switch
        {
            "date" => FhirDateTime.TryRead(utf8, out var date) && date.IsDate ? PathValue.Of(date, PathKind.Date) : default,
            "dateTime" => FhirDateTime.TryRead(utf8, out var dateTime) && dateTime.IsDateTime ? PathValue.Of(dateTime, PathKind.DateTime) : default,
            "instant" => FhirDateTime.TryRead(utf8, out var instant) && instant.IsInstant ? PathValue.Of(instant, PathKind.DateTime) : default,
            "time" => FhirDateTime.TryReadTime(utf8, out var time) ? PathValue.Of(time, PathKind.Time) : default,
            _ => PathValue.Of(text),
        };
    }

    private static int Least(string type) => type switch { "positiveInt" => 1, "unsignedInt" => 0, _ => int.MinValue };
}
