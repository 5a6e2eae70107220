using System.Formats.Tar;
using System.IO.Compression;

namespace Salus.Fhir.Tests.Validation;

/// <summary>Reads what is in the folders of <see cref="SharedData"/>. Tests that need it are skipped when it is not there.</summary>
internal static class TestData
{
    internal static string? Folder(string name) => SharedData.Find(name);

    /// <summary>The JSON files in a .tar.gz archive.</summary>
    internal static IEnumerable<(string Name, byte[] Content)> Archive(string path)
    {
        using var stream = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var tar = new TarReader(stream);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is { } content && entry.Name.EndsWith(".json", StringComparison.Ordinal))
            {
                var bytes = new byte[entry.Length];
                content.ReadExactly(bytes);
                yield return (Path.GetFileName(entry.Name), bytes);
            }
        }
    }

    /// <summary>The lines of a gzipped NDJSON file.</summary>
    internal static IEnumerable<ReadOnlyMemory<byte>> Lines(string path)
    {
        using var stream = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        ReadOnlyMemory<byte> rest = memory.ToArray();
        while (!rest.IsEmpty)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (!line.Span.Trim((byte)' ').IsEmpty)
            {
                yield return line;
            }
        }
    }
}

/// <summary>A test that is skipped, and says why, when a folder of the shared data is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DataFactAttribute : FactAttribute
{
    public DataFactAttribute(string folder)
    {
        if (TestData.Folder(folder) is null)
        {
            Skip = $"The test data folder '{folder}' is not here: set SALUS_DATA to the folder that has it.";
        }
    }
}
