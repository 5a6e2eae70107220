using System.Formats.Tar;
using System.IO.Compression;

namespace Salus.Bench.Corpus;

/// <summary>The Synthea transaction bundles, one at a time.</summary>
internal static class SyntheaBundles
{
    /// <summary>Hospitals, then practitioners: what the patients' bundles refer to.</summary>
    public static IEnumerable<byte[]> Staff(string data) => Read(Path.Combine(data, "synthea", "practitioners-and-hospitals.tar.gz"));

    /// <summary>150 patients.</summary>
    public static IEnumerable<byte[]> Patients(string data) => Read(Path.Combine(data, "synthea", "pick150.tar.gz"));

    private static IEnumerable<byte[]> Read(string archive)
    {
        using var file = File.OpenRead(archive);
        using var plain = new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(plain);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is { } content && entry.Name.EndsWith(".json", StringComparison.Ordinal))
            {
                var bytes = new byte[entry.Length];
                content.ReadExactly(bytes);
                yield return bytes;
            }
        }
    }
}
