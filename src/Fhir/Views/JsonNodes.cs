using System.Text.Json;
using System.Text.RegularExpressions;

namespace Salus.Fhir.Views;

/// <summary>Reads properties of JSON objects and notes what is wrong with them, with the place and what would be right.</summary>
internal sealed partial class JsonNodes(List<Issue> issues)
{
    internal void Wrong(string place, string message, string code = "structure") => issues.Add(new Issue(IssueSeverity.Error, code, message, place));

    /// <summary>The text of a property; null when it is absent or wrong, which is noted.</summary>
    internal string? Text(JsonElement owner, string name, string place, bool required = false)
    {
        if (!owner.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            if (required)
            {
                Wrong($"{place}.{name}", $"'{name}' is missing.", "required");
            }

            return null;
        }

        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text)
        {
            return text;
        }

        Wrong($"{place}.{name}", $"'{name}' is {Kind(value)}; it takes a text that is not empty.");
        return null;
    }

    internal bool Boolean(JsonElement owner, string name, string place)
    {
        if (owner.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Wrong($"{place}.{name}", $"'{name}' is {Kind(value)}; it takes true or false.");
        }

        return value.ValueKind == JsonValueKind.True;
    }

    /// <summary>The objects in an array, with their places; what is not an object is noted.</summary>
    internal IEnumerable<(JsonElement Value, string Place)> Objects(JsonElement owner, string name, string place)
    {
        foreach (var (value, at) in Items(owner, name, place))
        {
            if (value.ValueKind == JsonValueKind.Object)
            {
                yield return (value, at);
            }
            else
            {
                Wrong(at, $"This is {Kind(value)}; '{name}' holds objects.");
            }
        }
    }

    internal IEnumerable<(JsonElement Value, string Place)> Items(JsonElement owner, string name, string place)
    {
        if (!owner.TryGetProperty(name, out var array))
        {
            yield break;
        }

        if (array.ValueKind != JsonValueKind.Array)
        {
            Wrong($"{place}.{name}", $"'{name}' is {Kind(array)}; it takes an array.");
            yield break;
        }

        var index = 0;
        foreach (var item in array.EnumerateArray())
        {
            yield return (item, $"{place}.{name}[{index++}]");
        }
    }

    /// <summary>A name for a table, column or constant (invariant sql-name), or null.</summary>
    internal string? Name(JsonElement owner, string place, bool required)
    {
        if (Text(owner, "name", place, required) is not { } name)
        {
            return null;
        }

        if (SqlName().IsMatch(name))
        {
            return name;
        }

        Wrong($"{place}.name", $"'{Shorten(name)}' cannot be a name: it starts with a letter and goes on with letters, digits and underscores, up to 255 of them.", "value");
        return null;
    }

    /// <summary>Notes every property that is not known, so that a misspelt one does not get lost.</summary>
    internal void OnlyKnown(JsonElement owner, string place, params ReadOnlySpan<string> known)
    {
        foreach (var property in owner.EnumerateObject())
        {
            var name = property.Name;
            if (!known.Contains(name) && name is not ("id" or "extension" or "modifierExtension") && !(name.StartsWith('_') && known.Contains(name[1..])))
            {
                Wrong($"{place}.{Shorten(name)}", $"'{Shorten(name)}' is not an element here; there are {string.Join(", ", known.ToArray())}.");
            }
        }
    }

    internal static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => value.GetString()!.Length == 0 ? "an empty text" : "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };

    internal static string Shorten(string text) => text.Length <= 64 ? text : text[..64] + "…";

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_]{0,254}\\z")]
    private static partial Regex SqlName();
}
