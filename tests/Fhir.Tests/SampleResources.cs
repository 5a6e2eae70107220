using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Tests;

/// <summary>Resources from the test data, one JSON text each.</summary>
internal static class SampleResources
{
    /// <summary>A patient with names, an extension on a primitive, a contained resource and references.</summary>
    internal static ResourceDocument Patient()
    {
        var json = """
            {"resourceType":"Patient","id":"p","active":true,"birthDate":"1974-12","_birthDate":{"extension":[{"url":"urn:t","valueString":"noon"}]},
             "name":[{"use":"official","family":"A","given":["B","C"]},{"use":"usual","given":["B"]}],
             "contained":[{"resourceType":"Organization","id":"o","name":"Org"}],"managingOrganization":{"reference":"#o"},
             "generalPractitioner":[{"reference":"Practitioner/1"},{"reference":"http://e.org/Organization/2"}]}
            """u8.ToArray();
        return ResourceReader.TryRead(json, FhirDefinitions.R4, out var document, out _) ? document : throw new InvalidOperationException();
    }

    /// <summary>The official R4 examples; empty when the data is not there.</summary>
    internal static IEnumerable<(string Name, byte[] Utf8)> R4Examples() =>
        SharedData.Find("r4-examples") is { } folder
            ? Directory.EnumerateFiles(folder, "*.json").Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)))
            : [];

    /// <summary>The entries of the first Synthea bundles; empty when the data is not there.</summary>
    internal static IEnumerable<(string Name, byte[] Utf8)> Synthea(int bundles)
    {
        if (SharedData.Find("synthea/pick150.tar.gz") is not { } file)
        {
            yield break;
        }

        using var tar = new TarReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        while (bundles > 0 && tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is null || !entry.Name.EndsWith(".json", StringComparison.Ordinal))
            {
                continue;
            }

            bundles--;
            using var bundle = JsonDocument.Parse(entry.DataStream);
            foreach (var one in bundle.RootElement.GetProperty("entry").EnumerateArray())
            {
                yield return (entry.Name, Encoding.UTF8.GetBytes(one.GetProperty("resource").GetRawText()));
            }
        }
    }

    /// <summary>Lines of the MIMIC files, at most so many of each; empty when the data is not there.</summary>
    internal static IEnumerable<(string Name, byte[] Utf8)> Mimic(int each)
    {
        if (SharedData.Find("mimic-iv-demo-fhir") is not { } folder)
        {
            yield break;
        }

        foreach (var file in Directory.EnumerateFiles(folder, "*.ndjson.gz", SearchOption.AllDirectories))
        {
            using var lines = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
            for (var i = 0; i < each && lines.ReadLine() is { } line; i++)
            {
                yield return (Path.GetFileName(file), Encoding.UTF8.GetBytes(line));
            }
        }
    }
}
