using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Salus.Fhir.Search;

/// <summary>
/// Gives the same string for the same bytes most of the time: code systems, units, types and ids repeat from resource to resource.
/// A fixed table whose slots are overwritten; safe for all threads, as an entry never changes.
/// </summary>
internal sealed class Utf8Strings
{
    private const int Slots = 4096;
    private const int Longest = 96;
    private readonly Entry?[] entries = new Entry?[Slots];

    internal string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > Longest)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        ref var slot = ref entries[Hash(utf8) & (Slots - 1)];
        var entry = Volatile.Read(ref slot);
        if (entry is not null && utf8.SequenceEqual(entry.Utf8))
        {
            return entry.Text;
        }

        entry = new Entry(utf8.ToArray(), Encoding.UTF8.GetString(utf8));
        Volatile.Write(ref slot, entry);
        return entry.Text;
    }

    private static uint Hash(ReadOnlySpan<byte> utf8)
    {
        var hash = (ulong)utf8.Length * 0x9E3779B97F4A7C15;
        while (utf8.Length >= 8)
        {
            hash = BitOperations.RotateLeft((hash ^ MemoryMarshal.Read<ulong>(utf8)) * 0xFF51AFD7ED558CCD, 29);
            utf8 = utf8[8..];
        }

        foreach (var b in utf8)
        {
            hash = (hash ^ b) * 0x100000001B3;
        }

        hash *= 0xC4CEB9FE1A85EC53;
        return (uint)(hash >> 40);
    }

    private sealed record Entry(byte[] Utf8, string Text);
}
