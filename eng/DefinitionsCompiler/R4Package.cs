using System.Text.Json;

namespace Salus.DefinitionsCompiler;

/// <summary>The files of the npm package with the R4 definitions.</summary>
internal sealed class R4Package(string folder)
{
    internal IEnumerable<JsonElement> Resources(string file, string resourceType) => Read(file)
        .GetProperty("entry").EnumerateArray()
        .Select(entry => entry.GetProperty("resource"))
        .Where(resource => resource.Text("resourceType") == resourceType);

    internal JsonElement Read(string file)
    {
        using var stream = File.OpenRead(Path.Combine(folder, file));
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}

internal static class JsonExtensions
{
    internal static string? Text(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value.GetString() : null;

    internal static bool Flag(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    internal static IEnumerable<JsonElement> List(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.EnumerateArray() : [];

    internal static IReadOnlyList<string> Texts(this JsonElement element, string name) => [.. element.List(name).Select(item => item.GetString()!)];
}
