using System.Text.Json;

namespace Salus.Fhir.Tests.Xml;

/// <summary>Compares two JSON texts: the order of properties does not matter, the digits of numbers and every character of a string do.</summary>
internal static class JsonDifference
{
    /// <summary>Where and how they differ first; null when they say the same.</summary>
    internal static string? Of(ReadOnlyMemory<byte> a, ReadOnlyMemory<byte> b)
    {
        var options = new JsonDocumentOptions { MaxDepth = 200 };
        using var left = JsonDocument.Parse(a, options);
        using var right = JsonDocument.Parse(b, options);
        return Of(left.RootElement, right.RootElement, "$");
    }

    private static string? Of(JsonElement a, JsonElement b, string path)
    {
        if (a.ValueKind != b.ValueKind)
        {
            return $"{path}: {a.ValueKind} became {b.ValueKind}";
        }

        switch (a.ValueKind)
        {
            case JsonValueKind.Object:
                var names = a.EnumerateObject().Select(p => p.Name).Union(b.EnumerateObject().Select(p => p.Name));
                return names.Select(n => a.TryGetProperty(n, out var x) && b.TryGetProperty(n, out var y) ? Of(x, y, $"{path}.{n}") : $"{path}.{n} is in one only")
                    .FirstOrDefault(d => d is not null);
            case JsonValueKind.Array:
                return a.GetArrayLength() != b.GetArrayLength()
                    ? $"{path}: {a.GetArrayLength()} items became {b.GetArrayLength()}"
                    : a.EnumerateArray().Zip(b.EnumerateArray()).Select((p, i) => Of(p.First, p.Second, $"{path}[{i}]")).FirstOrDefault(d => d is not null);
            case JsonValueKind.Number:
                return a.GetRawText() == b.GetRawText() ? null : $"{path}: {a.GetRawText()} became {b.GetRawText()}";
            case JsonValueKind.String:
                return a.GetString() == b.GetString() ? null : $"{path}: '{a.GetString()}' became '{b.GetString()}'";
            default:
                return null;
        }
    }
}
