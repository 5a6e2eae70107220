using System.Collections;

namespace Salus.Fhir.Paths;

/// <summary>An ordered FHIRPath collection. Reusable: <see cref="Clear"/> keeps the memory. Not for concurrent use.</summary>
public sealed class PathCollection : IReadOnlyList<PathValue>
{
    private PathValue[] items = new PathValue[8];

    public int Count { get; private set; }

    public PathValue this[int index] => index < Count ? items[index] : throw new ArgumentOutOfRangeException(nameof(index));

    internal ReadOnlySpan<PathValue> Span => items.AsSpan(0, Count);

    public void Add(in PathValue value)
    {
        if (Count == items.Length)
        {
            Array.Resize(ref items, items.Length * 2);
        }

        items[Count++] = value;
    }

    internal void AddRange(ReadOnlySpan<PathValue> values)
    {
        foreach (ref readonly var value in values)
        {
            Add(value);
        }
    }

    /// <summary>Forgets all items, so that they hold no document alive.</summary>
    public void Clear() => Truncate(0);

    internal void Truncate(int count)
    {
        items.AsSpan(count, Count - count).Clear();
        Count = count;
    }

    public IEnumerator<PathValue> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return items[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
