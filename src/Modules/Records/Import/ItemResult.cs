using System.Runtime.InteropServices;

namespace Salus.Records.Import;

/// <summary>Numbers of one type in one item, or of many items.</summary>
internal record struct TypeCount(long In, long Stored, long Searchable);

/// <summary>What became of a work item.</summary>
internal sealed class ItemResult
{
    public SortedDictionary<string, TypeCount> Counts { get; init; } = new(StringComparer.Ordinal);

    public List<ImportRejection> Rejected { get; init; } = [];

    /// <summary><c>Type/id</c> of one resource that it stored: if that one is gone later, this is another record than it was.</summary>
    public string? Sample { get; set; }

    public long Resources => Counts.Values.Sum(c => c.In);

    public long Stored => Counts.Values.Sum(c => c.Stored);

    public void Add(string type, long read, long stored, long searchable)
    {
        var count = Counts.GetValueOrDefault(type);
        Counts[type] = new TypeCount(count.In + read, count.Stored + stored, count.Searchable + searchable);
    }
}

/// <summary>What a worker knows after trying an item.</summary>
/// <param name="Result">What became of it; null when that is not decided.</param>
/// <param name="Later">True when it refers to something that may come later.</param>
/// <param name="Stopped">Why the import cannot go on; null when it can.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Attempt(ItemResult? Result, bool Later = false, string? Stopped = null);
