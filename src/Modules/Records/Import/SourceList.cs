using System.Security.Cryptography;
using System.Text;
using Salus.Kernel;

namespace Salus.Records.Import;

/// <summary>What a file holds, by its name.</summary>
internal enum SourceKind
{
    Unknown,
    Json,
    Ndjson,
    Tar,
}

/// <summary>A file to read.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Name">As messages show it: what the user gave, or below it.</param>
internal sealed record SourceFile(string Path, string Name, SourceKind Kind, bool Gzip, long Bytes, DateTime Modified);

/// <summary>One path that the user gave, with its files in the order in which they are read.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Skipped">Files of a folder that are of no known kind.</param>
internal sealed record Source(string Path, IReadOnlyList<SourceFile> Files, IReadOnlyList<string> Skipped)
{
    public long Bytes => Files.Sum(f => f.Bytes);

    /// <summary>Changes when any file is added, removed, replaced or edited, and so when numbers of items would no longer fit.</summary>
    public string Fingerprint()
    {
        var text = string.Join('\n', Files.Select(f => $"{f.Path}|{f.Bytes}|{f.Modified.Ticks}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}

/// <summary>Finds the files that the user's paths mean.</summary>
internal static class SourceList
{
    public const string Known = ".json, .ndjson (or .jsonl), each also as .gz, .tar, .tar.gz or .tgz";

    public static Outcome<IReadOnlyList<Source>> Expand(IReadOnlyList<string> paths)
    {
        var sources = new List<Source>();
        foreach (var path in paths)
        {
            try
            {
                var source = Directory.Exists(path) ? Folder(path) : File.Exists(path) ? Single(path) : new Failure(FailureKind.NotFound, "not-found", $"{path} is not there.");
                if (source.Failed(out var failure))
                {
                    return failure;
                }

                sources.Add(source.Value);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return new Failure(FailureKind.Invalid, "exception", $"{path} cannot be read: {e.Message}");
            }
        }

        return sources;
    }

    /// <summary>The kind of a file or of an archive's member, by its name.</summary>
    public static (SourceKind Kind, bool Gzip) KindOf(string name)
    {
        if (name.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase))
        {
            return (SourceKind.Tar, true);
        }

        var gzip = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        var kind = System.IO.Path.GetExtension(gzip ? name[..^3] : name).ToUpperInvariant() switch
        {
            ".JSON" => SourceKind.Json,
            ".NDJSON" or ".JSONL" => SourceKind.Ndjson,
            ".TAR" => SourceKind.Tar,
            _ => SourceKind.Unknown,
        };
        return (kind, gzip);
    }

    private static Outcome<Source> Single(string path)
    {
        var file = ToFile(path, path);
        return file.Kind == SourceKind.Unknown
            ? new Failure(FailureKind.Invalid, "not-supported", $"{path} is of no known kind; import reads {Known}, and folders of these.")
            : new Source(file.Path, [file], []);
    }

    private static Outcome<Source> Folder(string path)
    {
        var root = System.IO.Path.GetFullPath(path);
        var all = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Select(f => ToFile(f, System.IO.Path.Combine(path, System.IO.Path.GetRelativePath(root, f))))
            .OrderBy(Rank).ThenBy(f => f.Path, StringComparer.Ordinal).ToList();
        var files = all.Where(f => f.Kind != SourceKind.Unknown).ToList();
        return files.Count == 0
            ? new Failure(FailureKind.Invalid, "not-found", $"{path} has no file that import reads: {Known}.")
            : new Source(root, files, [.. all.Where(f => f.Kind == SourceKind.Unknown).Select(f => f.Name)]);
    }

    // Synthea writes hospitalInformation*.json and practitionerInformation*.json beside the patients, whose references need them.
    private static int Rank(SourceFile file) => System.IO.Path.GetFileName(file.Path) switch
    {
        var name when name.StartsWith("hospital", StringComparison.OrdinalIgnoreCase) => 0,
        var name when name.StartsWith("practitioner", StringComparison.OrdinalIgnoreCase) => 1,
        _ => 2,
    };

    private static SourceFile ToFile(string path, string name)
    {
        var info = new FileInfo(path);
        var (kind, gzip) = KindOf(path);
        return new SourceFile(info.FullName, name, kind, gzip, info.Length, info.LastWriteTimeUtc);
    }
}
