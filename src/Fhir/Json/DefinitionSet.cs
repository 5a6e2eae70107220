namespace Salus.Fhir.Json;

/// <summary>A set of element definitions by index, for matching nodes without comparing names. Immutable.</summary>
internal sealed class DefinitionSet
{
    private const int Few = 4;
    private readonly ushort[] sorted;
    private readonly ulong[]? bits;

    internal DefinitionSet(IEnumerable<int> indices)
    {
        sorted = [.. indices.Distinct().Order().Select(i => (ushort)i)];
        if (sorted.Length > Few)
        {
            bits = new ulong[(sorted[^1] / 64) + 1];
            foreach (var index in sorted)
            {
                bits[index / 64] |= 1UL << (index % 64);
            }
        }
    }

    internal ReadOnlySpan<ushort> Indices => sorted;

    internal bool Contains(int definition)
    {
        if (bits is not null)
        {
            var word = definition >> 6;
            return word < bits.Length && (bits[word] & (1UL << (definition & 63))) != 0;
        }

        foreach (var index in sorted)
        {
            if (index == definition)
            {
                return true;
            }
        }

        return false;
    }
}
