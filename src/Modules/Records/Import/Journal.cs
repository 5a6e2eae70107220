using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Salus.Records.Import;

/// <summary>
/// What was done of one source, so that an interrupted import continues instead of beginning anew, and a repeated one does not store everything twice:
/// a line per item, appended and flushed to disk. It stays when the import is complete.
/// Items with resources to which the server gives the ids have a line before they are sent, too: their fate is unknown if no second line follows.
/// </summary>
internal sealed class Journal : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    private readonly Lock gate = new();
    private readonly FileStream file;

    private Journal(FileStream file) => this.file = file;

    /// <summary>Items of earlier runs with their results.</summary>
    public Dictionary<int, ItemResult> Done { get; } = [];

    /// <summary>Items that an earlier run sent without learning their fate, and when.</summary>
    public Dictionary<int, DateTimeOffset> Begun { get; } = [];

    /// <summary>Null, or what a person should know of the earlier run.</summary>
    public string? Notice { get; private set; }

    /// <summary>Opens the journal of a source and a target, or begins one.</summary>
    /// <exception cref="IOException">Another import of the same source is running, or the folder cannot be written to.</exception>
    public static Journal Open(string folder, string target, Source source, bool restart)
    {
        Directory.CreateDirectory(folder);
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{target}\n{source.Path}")))[..24];
        var file = new FileStream(Path.Combine(folder, name + ".ndjson"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var journal = new Journal(file);
        var header = new Line { Target = target, Path = source.Path, Fingerprint = source.Fingerprint() };
        journal.Read(header, restart);
        return journal;
    }

    /// <summary>Notes that an item is about to be sent.</summary>
    public void Begin(int item, DateTimeOffset at) => Append(new Line { Begin = item, At = at });

    /// <summary>Notes what became of an item. Returns when it is on disk.</summary>
    public void Finish(int item, ItemResult result) => Append(new Line
    {
        Item = item,
        Counts = result.Counts.ToDictionary(c => c.Key, c => new[] { c.Value.In, c.Value.Stored, c.Value.Searchable }),
        Rejected = result.Rejected.Count == 0 ? null : result.Rejected,
        Sample = result.Sample,
    });

    public void Dispose() => file.Dispose();

    private void Read(Line header, bool restart)
    {
        var lines = new StreamReader(file, Encoding.UTF8, leaveOpen: true);
        var known = Parse(lines.ReadLine());
        if (known is not null && !restart && known.Fingerprint == header.Fingerprint && known.Path == header.Path && known.Target == header.Target)
        {
            while (lines.ReadLine() is { } text && Parse(text) is { } line)
            {
                Take(line);
            }

            CutBrokenEnd();
            return;
        }

        Notice = (known, restart) switch
        {
            (not null, true) => $"{header.Path}: the journal of an earlier import is put aside (--restart).",
            (not null, false) when known.Path == header.Path => $"{header.Path} has changed since the import that was interrupted: it is imported from its beginning.",
            _ => null,
        };
        file.SetLength(0);
        Append(header);
    }

    private void Take(Line line)
    {
        if (line.Begin is { } begun)
        {
            Begun[begun] = line.At!.Value;
            return;
        }

        var result = new ItemResult { Sample = line.Sample, Rejected = line.Rejected ?? [] };
        foreach (var (type, n) in line.Counts!)
        {
            result.Add(type, n[0], n[1], n[2]);
        }

        Done[line.Item!.Value] = result;
        Begun.Remove(line.Item.Value);
    }

    // A process that was killed may have left half a line, to which nothing can be appended.
    private void CutBrokenEnd()
    {
        var length = file.Length;
        for (; length > 0; length--)
        {
            file.Position = length - 1;
            if (file.ReadByte() == '\n')
            {
                break;
            }
        }

        file.SetLength(length);
        file.Position = length;
    }

    private void Append(Line line)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(line, Json);
        lock (gate)
        {
            file.Write([.. text, (byte)'\n']);
            file.Flush(flushToDisk: true);
        }
    }

    private static Line? Parse(string? text)
    {
        try
        {
            return string.IsNullOrEmpty(text) ? null : JsonSerializer.Deserialize<Line>(text, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Line
    {
        public string? Target { get; init; }

        public string? Path { get; init; }

        public string? Fingerprint { get; init; }

        public int? Begin { get; init; }

        public DateTimeOffset? At { get; init; }

        public int? Item { get; init; }

        /// <summary>Type → in, stored, searchable.</summary>
        public Dictionary<string, long[]>? Counts { get; init; }

        public List<ImportRejection>? Rejected { get; init; }

        public string? Sample { get; init; }
    }
}
