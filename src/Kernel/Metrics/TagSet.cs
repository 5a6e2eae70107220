namespace Salus.Kernel.Metrics;

/// <summary>The labels of a measurement as an instrument gave them; found again from a span, without allocation.</summary>
internal sealed class TagSet(KeyValuePair<string, object?>[] tags)
{
    public static readonly IEqualityComparer<TagSet> Comparer = new BySequence();

    private sealed class BySequence : IEqualityComparer<TagSet>, IAlternateEqualityComparer<ReadOnlySpan<KeyValuePair<string, object?>>, TagSet>
    {
        private readonly KeyValuePair<string, object?>[] none = [];

        public bool Equals(TagSet? x, TagSet? y) => Same((x?.Tags ?? none), y?.Tags ?? none);

        public int GetHashCode(TagSet obj) => GetHashCode(obj.Tags);

        public bool Equals(ReadOnlySpan<KeyValuePair<string, object?>> alternate, TagSet other) => Same(alternate, other.Tags);

        public int GetHashCode(ReadOnlySpan<KeyValuePair<string, object?>> alternate)
        {
            var hash = default(HashCode);
            foreach (var (key, value) in alternate)
            {
                hash.Add(key, StringComparer.Ordinal);
                hash.Add(value);
            }

            return hash.ToHashCode();
        }

        public TagSet Create(ReadOnlySpan<KeyValuePair<string, object?>> alternate) => new(alternate.ToArray());

        private static bool Same(ReadOnlySpan<KeyValuePair<string, object?>> one, ReadOnlySpan<KeyValuePair<string, object?>> other)
        {
            if (one.Length != other.Length)
            {
                return false;
            }

            for (var i = 0; i < one.Length; i++)
            {
                if (!string.Equals(one[i].Key, other[i].Key, StringComparison.Ordinal) || !Equals(one[i].Value, other[i].Value))
                {
                    return false;
                }
            }

            return true;
        }
    }

    private KeyValuePair<string, object?>[] Tags => tags;
}
