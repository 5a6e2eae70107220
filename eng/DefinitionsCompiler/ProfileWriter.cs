using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Salus.DefinitionsCompiler;

/// <summary>The profiles and extensions that R4 publishes beside its types, one a line, with what a resource can be checked against: their differentials, without words.</summary>
internal static class ProfileWriter
{
    private static readonly string[] Files = ["profiles-types.json", "profiles-resources.json", "profiles-others.json", "extension-definitions.json"];

    private static readonly HashSet<string> Kept =
        ["resourceType", "url", "version", "name", "title", "status", "kind", "abstract", "type", "baseDefinition", "derivation"];

    private static readonly HashSet<string> KeptOfElement =
        ["id", "path", "sliceName", "min", "max", "type", "slicing", "maxLength", "binding", "constraint", "contentReference"];

    private static readonly string[] KeptByStart = ["fixed", "pattern", "minValue", "maxValue"];

    internal static (byte[] Lines, int Length, int Count) Write(R4Package package)
    {
        var text = new StringBuilder();
        var count = 0;
        foreach (var definition in Files.SelectMany(file => package.Resources(file, "StructureDefinition")).Where(d => d.Text("derivation") == "constraint"))
        {
            text.Append(Trimmed(definition).ToJsonString()).Append('\n');
            count++;
        }

        var utf8 = Encoding.UTF8.GetBytes(text.ToString());
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(utf8.Length)];
        return BrotliEncoder.TryCompress(utf8, packed, out var length, quality: 9, window: 22)
            ? (packed[..length], utf8.Length, count)
            : throw new InvalidDataException("The profiles cannot be compressed.");
    }

    private static JsonObject Trimmed(JsonElement definition)
    {
        var copy = Only(definition, Kept.Contains);
        var elements = definition.GetProperty("differential").List("element").Select(JsonNode? (element) => Element(element)).ToArray();
        copy["differential"] = new JsonObject { ["element"] = new JsonArray(elements) };
        return copy;
    }

    private static JsonObject Element(JsonElement element)
    {
        var copy = Only(element, name => KeptOfElement.Contains(name) || Array.Exists(KeptByStart, start => name.StartsWith(start, StringComparison.Ordinal)));
        if (copy["binding"] is not null)
        {
            copy["binding"] = Only(element.GetProperty("binding"), name => name is "strength" or "valueSet");
        }

        var constraints = element.List("constraint").Where(c => c.Text("key") is not ("ele-1" or "ext-1"))
            .Select(JsonNode? (c) => Only(c, name => name is "key" or "severity" or "human" or "expression")).ToArray();
        copy.Remove("constraint");
        if (constraints.Length > 0)
        {
            copy["constraint"] = new JsonArray(constraints);
        }

        return copy;
    }

    private static JsonObject Only(JsonElement from, Func<string, bool> kept)
    {
        var copy = new JsonObject();
        foreach (var property in from.EnumerateObject().Where(p => kept(p.Name)))
        {
            copy[property.Name] = JsonNode.Parse(property.Value.GetRawText());
        }

        return copy;
    }
}
