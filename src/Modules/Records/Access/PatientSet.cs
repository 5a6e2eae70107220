using System.Collections.Frozen;
using System.Text;
using Salus.Records.Storage;

namespace Salus.Records.Access;

/// <summary>Logical ids of patients. Immutable.</summary>
internal sealed class PatientSet(IEnumerable<string> ids)
{
    /// <summary>The weight of the last letter but one in the number of a group.</summary>
    public const int Second = 7;

    private const int Few = 20;
    private const int Parts = 64;
    private static int last;
    // No stored row is of an id with what stands between two on their way to the database.
    private readonly FrozenSet<string> set = ids.Where(id => !id.Contains(Lexeme.Between, StringComparison.Ordinal)).ToFrozenSet(StringComparer.Ordinal);
    private string? key;
    private string? joined;
    private string? enclosed;
    private string[]? array;
    private string[]? groups;

    public static PatientSet None { get; } = new([]);

    /// <summary>Equal for sets that are known to be the same: the ids of a few, of more a number that every set has for itself.</summary>
    public string Key => key ??= Count <= Few ? string.Join(',', Ids) : $"#{Interlocked.Increment(ref last)}";

    public int Count => set.Count;

    /// <summary>As a parameter of a statement.</summary>
    public string[] Ids => array ??= [.. set.Order(StringComparer.Ordinal)];

    /// <summary>The same as one text, with <see cref="Lexeme.Between"/> between two.</summary>
    public string Joined => joined ??= string.Join(Lexeme.Between, Ids);

    /// <summary>The same with <see cref="Lexeme.Between"/> in front of and behind all as well.</summary>
    public string Enclosed => enclosed ??= $"{Lexeme.Between}{Joined}{Lexeme.Between}";

    /// <summary>
    /// The same in groups by <see cref="Group"/>, a power of two of them, so that each is short where there are thousands: each a text with <see cref="Lexeme.Between"/> in front of, between and behind its ids; empty for none.
    /// </summary>
    public string[] Groups => groups ??= Grouped();

    public bool Contains(string id) => set.Contains(id);

    private string[] Grouped()
    {
        var all = new StringBuilder?[Parts];
        foreach (var id in set)
        {
            (all[Group(id) & (all.Length - 1)] ??= new StringBuilder().Append(Lexeme.Between)).Append(id).Append(Lexeme.Between);
        }

        return Array.ConvertAll(all, g => g?.ToString() ?? "");
    }

    // As SQL's ascii(right(id, 1)) + 7 * ascii(right(id, 2)), which count code points: ids that differ at all differ at the end.
    private static int Group(string id)
    {
        var (before, end) = (0, 0);
        foreach (var rune in id.EnumerateRunes())
        {
            (before, end) = (end == 0 ? rune.Value : end, rune.Value);
        }

        return end + (Second * before);
    }
}
