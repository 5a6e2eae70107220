using System.Text.Json;

namespace Salus.Access.Audit;

/// <summary>
/// Journals of processes that are no more. Also reads those of earlier versions, a line of JSON for each row. What was not finished was never acknowledged.
/// </summary>
internal sealed class AuditLeftBehind(string folder)
{
    private readonly Dictionary<Guid, AuditRow> announced = [];

    /// <summary>Accesses that began, and nothing stands anywhere of what came of them. Complete when <see cref="Read"/> has come to its end.</summary>
    public IEnumerable<AuditRow> Unfinished => announced.Values.Select(r => r with { Detail = "It was asked for; what was answered was not recorded when the server ended." });

    /// <summary>Files, oldest first, with their rows.</summary>
    public IEnumerable<(string Path, List<AuditRow> Rows)> Read()
    {
        foreach (var path in Directory.EnumerateFiles(folder, "journal-*").Order(StringComparer.Ordinal).ToList())
        {
            byte[] content;
            try
            {
                using var left = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                content = new byte[left.Length];
                left.ReadExactly(content);
            }
            catch (IOException)
            {
                // Its process lives.
                continue;
            }

            yield return (path, content.AsSpan().StartsWith(AuditJournalFile.Magic) ? Records(content) : content.AsSpan().StartsWith("{"u8) ? Lines(content) : []);
        }
    }

    private List<AuditRow> Records(ReadOnlySpan<byte> content)
    {
        var rows = new List<AuditRow>();
        var salt = AuditJournalFile.SaltOf(content[..AuditJournalFile.Head]);
        content = content[AuditJournalFile.Head..];
        while (AuditJournalFile.TryRead(ref content, salt, out var kind, out var form))
        {
            if (kind == AuditRecordKind.Ended)
            {
                var end = AuditEnd.Read(form);
                rows.Add(end.Of(announced.Remove(end.Id, out var begun) ? begun : throw new InvalidDataException("An access ended that did not begin.")));
                continue;
            }

            var row = AuditForm.Read(form);
            if (kind == AuditRecordKind.Announced)
            {
                announced[row.Id] = row;
            }
            else
            {
                announced.Remove(row.Id);
                rows.Add(row);
            }
        }

        return rows;
    }

    private static List<AuditRow> Lines(ReadOnlySpan<byte> content)
    {
        var rows = new List<AuditRow>();
        for (int end; (end = content.IndexOf((byte)'\n')) >= 0; content = content[(end + 1)..])
        {
            // After a write that failed in the middle of a line, its beginning stands in front of the next one.
            var line = content[..end];
            if (Parse(line[Math.Max(0, line.LastIndexOf("{\"Id\":"u8))..]) is { } row)
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    private static AuditRow? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize<AuditRow>(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
