using System.Globalization;

namespace Salus.Access.Audit;

/// <summary>
/// Seals and the newest segment of each tenant, in files beside the key: whoever owns the database cannot take back unnoticed what stands here.
/// <c>seals</c> has a line for each day, <c>head-1</c> the newest segment of tenant 1.
/// </summary>
internal sealed class AuditSealFile(AuditKey key)
{
    private string Seals => Path.Combine(key.Folder, "seals");

    /// <summary>Appends seals; on disk when it returns.</summary>
    public void Add(IReadOnlyCollection<(AuditSeal Day, byte[] Seal)> seals)
    {
        if (seals.Count == 0)
        {
            return;
        }

        using var file = new FileStream(Seals, FileMode.Append, FileAccess.Write);
        using var writer = new StreamWriter(file);
        foreach (var (day, seal) in seals)
        {
            writer.WriteLine(Line(day.Tenant, day.Day, seal));
        }

        writer.Flush();
        file.Flush(flushToDisk: true);
    }

    /// <summary>Notes the newest segments. Not flushed: after a loss of power the note may be an older one, which is true as well.</summary>
    public void Head(IReadOnlyCollection<AuditSegment> segments)
    {
        foreach (var segment in segments)
        {
            var place = Path.Combine(key.Folder, $"head-{segment.Tenant}");
            File.WriteAllText(place + ".new", string.Create(CultureInfo.InvariantCulture, $"{segment.Number} {Convert.ToHexStringLower(segment.Hash)}"));
            File.Move(place + ".new", place, overwrite: true);
        }
    }

    /// <summary>The seals that stand in the file: tenant, day, seal in hexadecimal digits.</summary>
    public IReadOnlyList<(int Tenant, DateOnly Day, string Seal)> Read() => !File.Exists(Seals) ? [] :
        [.. File.ReadLines(Seals).Select(l => l.Split(' ')).Where(p => p.Length == 3).Select(p => (int.Parse(p[0], CultureInfo.InvariantCulture), DateOnly.ParseExact(p[1], "yyyy-MM-dd", CultureInfo.InvariantCulture), p[2]))];

    /// <summary>The newest segments that were noted: tenant, number, hash in hexadecimal digits.</summary>
    public IReadOnlyList<(int Tenant, long Number, string Hash)> Heads() => !Directory.Exists(key.Folder) ? [] :
    [
        .. from place in Directory.EnumerateFiles(key.Folder, "head-*")
           where !place.EndsWith(".new", StringComparison.Ordinal)
           let parts = File.ReadAllText(place).Split(' ')
           where parts.Length == 2
           select (int.Parse(Path.GetFileName(place)["head-".Length..], CultureInfo.InvariantCulture), long.Parse(parts[0], CultureInfo.InvariantCulture), parts[1]),
    ];

    private static string Line(int tenant, DateOnly day, byte[] seal) => string.Create(CultureInfo.InvariantCulture, $"{tenant} {day:yyyy-MM-dd} {Convert.ToHexStringLower(seal)}");
}
