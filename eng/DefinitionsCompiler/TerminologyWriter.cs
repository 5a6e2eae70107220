using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Salus.Fhir.Definitions;

namespace Salus.DefinitionsCompiler;

/// <summary>Writes the code systems, value sets and concept maps of the specification, each compressed by itself so that one can be read without the others.</summary>
internal static class TerminologyWriter
{
    private static readonly string[] Files = ["valuesets.json", "v3-codesystems.json", "v2-tables.json", "conceptmaps.json"];
    private static readonly string[] Types = ["CodeSystem", "ValueSet", "ConceptMap"];

    /// <summary>What nothing is answered from: narrative, people to write to, and the extensions of the committees that keep it.</summary>
    private static readonly string[] LeftOut =
        ["text", "meta", "contact", "extension", "_description", "identifier", "contained", "publisher", "description", "copyright", "useContext", "purpose", "jurisdiction", "language"];

    // Brotli from 0 to 11; 11 takes minutes for a tenth less.
    private const int Quality = 9;
    private const int Window = 22;

    internal static (byte[] File, int Count) Write(R4Package package)
    {
        var seen = new HashSet<(string Type, string Url)>();
        var (table, bodies) = (new FormatWriter(), new FormatWriter());
        var resources = from file in Files from type in Types from resource in package.Resources(file, type) select (type, resource);
        foreach (var (type, resource) in resources.Where(r => r.resource.Text("url") is { } url && seen.Add((r.type, url))))
        {
            var json = Encoding.UTF8.GetBytes(Trimmed(resource).ToJsonString());
            var packed = new byte[BrotliEncoder.GetMaxCompressedLength(json.Length)];
            if (!BrotliEncoder.TryCompress(json, packed, out var length, Quality, Window))
            {
                throw new InvalidDataException($"{resource.Text("url")} cannot be compressed.");
            }

            table.Byte((byte)Array.IndexOf(Types, type));
            table.Text(resource.Text("url")!);
            table.Text(resource.Text("version") ?? "");
            table.Number(json.Length);
            table.Number(length);
            bodies.Raw(packed.AsSpan(0, length));
        }

        var output = new FormatWriter();
        output.Raw(DefinitionsFormat.TerminologyMagic);
        output.Number(DefinitionsFormat.Version);
        output.Number(seen.Count);
        output.Section(table);
        output.Raw(bodies.ToArray());
        return (output.ToArray(), seen.Count);
    }

    private static JsonObject Trimmed(JsonElement resource)
    {
        var copy = JsonObject.Create(resource)!;
        foreach (var name in LeftOut)
        {
            copy.Remove(name);
        }

        return copy;
    }
}
