using Salus.Records.Storage;

namespace Salus.Bench.Layouts;

/// <summary>The writes of one transaction with their keys, and, for layouts that want them, their hashes: one row per hash.</summary>
internal sealed class KeyedWrites(IReadOnlyList<(long Key, PendingWrite Write)> writes, int tenant, Catalog catalog)
{
    private readonly Lazy<(long[] Keys, Guid[] Hashes, int[] Ends)> rows = new(() => Hash(writes, tenant, catalog));

    public IReadOnlyList<(long Key, PendingWrite Write)> Writes => writes;

    public long[] Keys => [.. writes.Select(w => w.Key)];

    /// <summary>Per hash, the key.</summary>
    public long[] HashKeys => rows.Value.Keys;

    public Guid[] Hashes => rows.Value.Hashes;

    public long[] ShortHashes => Array.ConvertAll(rows.Value.Hashes, ExactHash.Short);

    /// <summary>Per write, the 1-based number of its last hash.</summary>
    public int[] HashEnds => rows.Value.Ends;

    private static (long[] Keys, Guid[] Hashes, int[] Ends) Hash(IReadOnlyList<(long Key, PendingWrite Write)> writes, int tenant, Catalog catalog)
    {
        var keys = new List<long>();
        var hashes = new List<Guid>();
        var ends = new List<int>();
        foreach (var (key, write) in writes)
        {
            hashes.AddRange(ExactHash.All(tenant, write.Values, catalog));
            keys.AddRange(Enumerable.Repeat(key, hashes.Count - keys.Count));
            ends.Add(hashes.Count);
        }

        return ([.. keys], [.. hashes], [.. ends]);
    }
}
