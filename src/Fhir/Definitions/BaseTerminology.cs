using System.Collections.Frozen;
using System.IO.Compression;

namespace Salus.Fhir.Definitions;

/// <summary>A terminology resource of the specification.</summary>
/// <param name="Type"><c>CodeSystem</c>, <c>ValueSet</c> or <c>ConceptMap</c>.</param>
/// <param name="Url">Its canonical URL, without version.</param>
/// <param name="Version">Its version; empty when it has none.</param>
public readonly record struct BaseResource(string Type, string Url, string Version);

/// <summary>
/// The code systems, value sets and concept maps that FHIR 4.0.1 publishes, v2 and v3 included, without narrative. Read from the file embedded in this
/// assembly, one resource at a time. Safe for all threads.
/// </summary>
public sealed class BaseTerminology
{
    private static readonly string[] Types = ["CodeSystem", "ValueSet", "ConceptMap"];
    private static readonly Lazy<BaseTerminology> LazyR4 = new(Load);

    private readonly byte[] file;
    private readonly FrozenDictionary<(string Type, string Url), Entry> entries;

    private BaseTerminology(byte[] file)
    {
        this.file = file;
        var reader = new FormatReader(file, DefinitionsFormat.TerminologyMagic.Length);
        if (!file.AsSpan().StartsWith(DefinitionsFormat.TerminologyMagic) || reader.Number() != DefinitionsFormat.Version)
        {
            throw new InvalidDataException($"The compiled terminology is not of version {DefinitionsFormat.Version}; build src/Fhir again.");
        }

        var count = reader.Number();
        var table = reader.Section();
        var start = table.End.Value;
        var position = new FormatReader(file, table.Start.Value);
        var read = new Dictionary<(string, string), Entry>(count);
        for (var i = 0; i < count; i++)
        {
            var resource = new BaseResource(Types[position.Byte()], position.Text(), position.Text());
            var entry = new Entry(resource, position.Number(), start, position.Number());
            read.Add((resource.Type, resource.Url), entry);
            start += entry.Packed;
        }

        entries = read.ToFrozenDictionary();
    }

    /// <summary>That of FHIR 4.0.1, opened on first use.</summary>
    public static BaseTerminology R4 => LazyR4.Value;

    /// <summary>What there is.</summary>
    public IEnumerable<BaseResource> Resources => entries.Values.Select(e => e.Resource);

    /// <summary>The resource of a type and canonical URL; null when the specification has none.</summary>
    public BaseResource? Find(string type, string url) => entries.TryGetValue((type, url), out var entry) ? entry.Resource : null;

    /// <summary>Its JSON in UTF-8.</summary>
    /// <exception cref="KeyNotFoundException">The specification has no such resource.</exception>
    public byte[] Read(BaseResource resource)
    {
        var entry = entries[(resource.Type, resource.Url)];
        var json = new byte[entry.Length];
        return BrotliDecoder.TryDecompress(file.AsSpan(entry.Start, entry.Packed), json, out var written) && written == json.Length
            ? json
            : throw new InvalidDataException($"The compiled terminology is damaged at {resource.Url}; build src/Fhir again.");
    }

    private static BaseTerminology Load()
    {
        using var stream = typeof(BaseTerminology).Assembly.GetManifestResourceStream("Salus.Fhir.terminology.bin")
            ?? throw new InvalidOperationException("Fhir.dll was built without its terminology.");
        var file = new byte[stream.Length];
        stream.ReadExactly(file);
        return new BaseTerminology(file);
    }

    private sealed record Entry(BaseResource Resource, int Length, int Start, int Packed);
}
