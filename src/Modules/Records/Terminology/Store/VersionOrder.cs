namespace Salus.Records.Terminology.Store;

/// <summary>Orders business versions as people do: runs of digits by their number, so 2.10 is after 2.9. No version is before every other.</summary>
internal sealed class VersionOrder : IComparer<string?>
{
    public static readonly VersionOrder Instance = new();

    public int Compare(string? x, string? y)
    {
        if (string.IsNullOrEmpty(x) || string.IsNullOrEmpty(y))
        {
            return (string.IsNullOrEmpty(x) ? 0 : 1) - (string.IsNullOrEmpty(y) ? 0 : 1);
        }

        var (a, b) = (0, 0);
        while (a < x.Length && b < y.Length)
        {
            if (char.IsAsciiDigit(x[a]) && char.IsAsciiDigit(y[b]))
            {
                var one = Digits(x, ref a);
                var other = Digits(y, ref b);
                if (one.Length != other.Length || one.CompareTo(other, StringComparison.Ordinal) != 0)
                {
                    return one.Length != other.Length ? one.Length - other.Length : one.CompareTo(other, StringComparison.Ordinal);
                }
            }
            else if (x[a++] is var c && y[b++] is var d && c != d)
            {
                return c - d;
            }
        }

        return (x.Length - a) - (y.Length - b);
    }

    private static ReadOnlySpan<char> Digits(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return text.AsSpan(start, at - start).TrimStart('0');
    }
}
