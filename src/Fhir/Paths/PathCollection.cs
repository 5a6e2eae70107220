using System.Collections;

namespace Salus.Fhir.Paths;

/// <summary>An ordered FHIRPath collection. Reusable: <see cref="Clear"/> keeps the memory. Not for concurrent use.</summary>
public sealed class PathCollection : IReadOnlyList<PathValue>
{
    private PathValue[] items = new PathValue[8];

    public int Count { get; private set; }

    /// <summary>How many items an evaluation may put in, within a factor of two: it is looked at only when memory grows.</summary>
    internal int Most { get; set; } = int.MaxValue;

    public PathValue this[int index] => index < Count ? items[index] : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>False when its memory is worth giving back.</summary>
    internal bool IsSmall => items.Length <= 4096;

    internal ReadOnlySpan<PathValue> Span => items.AsSpan(0, Count);

    public void Add(in PathValue value)
    {
        if (Count == items.Length)
        {
            Grow();
        }

        items[Count++] = value;
    }

    private void Grow()
    {
        if (items.Length >= Most)
        {
            throw new PathFault($"A collection would have more than {items.Length:N0} items", -1, PathErrorKind.TooCostly);
        }

        Array.Resize(ref items, items.Length * 2);
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
