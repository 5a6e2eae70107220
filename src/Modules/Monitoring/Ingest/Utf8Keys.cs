namespace Salus.Monitoring.Ingest;

/// <summary>Compares UTF-8 texts, so that a dictionary is asked with a piece of a body. For tables that nobody outside can add to: the hash is not keyed.</summary>
internal sealed class Utf8Keys : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static Utf8Keys Comparer { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    // FNV-1a: codes and units have about ten bytes.
    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = 2166136261u;
        foreach (var one in alternate)
        {
            hash = (hash ^ one) * 16777619u;
        }

        return (int)(hash ^ (hash >> 15));
    }
}
