using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Records.Packages;

/// <summary>An implementation guide as it is published: a gzipped tar of resources (https://confluence.hl7.org/display/FHIR/NPM+Package+Specification), read into memory.</summary>
internal sealed class PackageFile
{
    /// <summary>What a package may unpack to. The largest in use (R5's core) has about 200 MB.</summary>
    private const long MostBytes = 512L * 1024 * 1024;

    /// <summary>What one file in it may have: it is held as a whole, beside what is read from it.</summary>
    private const int MostBytesOfFile = 50 * 1024 * 1024;

    private const int MostFiles = 100_000;

    private static readonly HashSet<string> Types = ["StructureDefinition", "ValueSet", "CodeSystem", "SearchParameter", "ConceptMap"];

    private PackageFile(string name, string version, string title, IReadOnlyList<string> fhirVersions)
    {
        Name = name;
        Version = version;
        Title = title;
        FhirVersions = fhirVersions;
    }

    public string Name { get; }

    public string Version { get; }

    public string Title { get; }

    public IReadOnlyList<string> FhirVersions { get; }

    /// <summary>The definitions in it; examples and documents are left out.</summary>
    public List<ResourceDocument> Resources { get; } = [];

    /// <summary>Files that are left out though they are definitions, or may be, with the reason: <c>ValueSet-a.json cannot be read as R4</c>.</summary>
    public List<string> LeftOut { get; } = [];

    /// <exception cref="InvalidDataException">It is no package, or none for R4; the message says why.</exception>
    public static PackageFile Read(Stream stream, FhirDefinitions definitions)
    {
        var large = new List<string>();
        var files = Files(stream, large);
        if (!files.Remove("package/package.json", out var manifest))
        {
            throw new InvalidDataException(
                large.Count > 0 ? $"it has no package/package.json of at most {MostBytesOfFile / 1024 / 1024} MB" : "it has no package/package.json, which every FHIR package has");
        }

        var package = Manifest(manifest);
        if (package.FhirVersions.Count > 0 && !package.FhirVersions.Any(v => v.StartsWith("4.0", StringComparison.Ordinal)))
        {
            throw new InvalidDataException($"it is for FHIR {string.Join(", ", package.FhirVersions)}; Salus speaks R4 (4.0.1)");
        }

        package.LeftOut.AddRange(large.Order(StringComparer.Ordinal).Select(f => $"{Short(f)} is larger than {MostBytesOfFile / 1024 / 1024} MB"));
        foreach (var (path, content) in files.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            package.Take(path, content, definitions);
        }

        return package;
    }

    // Only files that stand in package/ itself are the guide's own; folders below it hold examples and tests.
    private static Dictionary<string, byte[]> Files(Stream stream, List<string> large)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        long left = MostBytes;
        try
        {
            using var unzipped = new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
            using var tar = new TarReader(unzipped);
            while (tar.GetNextEntry() is { } entry)
            {
                if ((left -= entry.Length) < 0 || files.Count >= MostFiles)
                {
                    throw new InvalidDataException($"it unpacks to more than {MostBytes / 1024 / 1024} MB or {MostFiles} files");
                }

                var name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
                if (entry.Length > MostBytesOfFile && IsOwn(name))
                {
                    large.Add(name);
                }
                else if (entry.DataStream is { } content && IsOwn(name))
                {
                    var bytes = new byte[entry.Length];
                    content.ReadExactly(bytes);
                    files[name] = bytes;
                }
            }
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException || (e is InvalidDataException && !e.Message.StartsWith("it ", StringComparison.Ordinal)))
        {
            throw new InvalidDataException($"it is not a whole gzipped tar: {e.Message.TrimEnd('.')}", e);
        }

        return files;
    }

    private static bool IsOwn(string name) => name.EndsWith(".json", StringComparison.Ordinal) && name.Count(c => c == '/') == 1;

    private static string Short(string path) => path[(path.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private static PackageFile Manifest(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var versions = root.TryGetProperty("fhirVersions", out var list) || root.TryGetProperty("fhir-version-list", out list)
                ? list.EnumerateArray().Select(v => v.GetString() ?? "").ToList() : [];
            return new PackageFile(Text(root, "name") ?? throw new InvalidDataException("its package.json has no name"), Text(root, "version") ?? "", Text(root, "title") ?? "", versions);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"its package.json cannot be read: {e.Message}", e);
        }
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private void Take(string path, byte[] content, FhirDefinitions definitions)
    {
        if (ResourceReader.TryRead(content, definitions, out var document, out _))
        {
            if (Types.Contains(document.Type.Name))
            {
                Resources.Add(document);
            }
        }
        else if (Types.Any(t => path.StartsWith($"package/{t}-", StringComparison.Ordinal)))
        {
            LeftOut.Add($"{Short(path)} cannot be read as R4");
        }
        else if (!IsJson(content))
        {
            LeftOut.Add($"{Short(path)} is not JSON");
        }
    }

    // Beside resources there are indexes and settings of tools, which are none and need no note.
    private static bool IsJson(ReadOnlySpan<byte> content)
    {
        var reader = new Utf8JsonReader(content.StartsWith("\uFEFF"u8) ? content[3..] : content, new JsonReaderOptions { MaxDepth = 1000 });
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
