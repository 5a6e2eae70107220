using Salus.Records.Storage;

namespace Salus.Records.Check;

/// <summary>A current row with all that hangs on it.</summary>
/// <param name="Row">The row itself.</param>
/// <param name="Words">The words of its tsvector, joined as <see cref="Lexeme.Join"/> joins them.</param>
/// <param name="Body">The body at its position; null when there is none.</param>
internal sealed record StoredResource(VersionRow Row, string Words, byte[]? Body)
{
    public List<StringRow> Strings { get; } = [];

    public List<DateRow> Dates { get; } = [];

    public List<AmountRow> Amounts { get; } = [];

    public List<CompositeRow> Composites { get; } = [];

    public List<TextRow> Texts { get; } = [];
}

/// <summary>An index row that cannot be right, whatever the body is.</summary>
internal readonly record struct Stray(string Table, long Key, string Message);

/// <summary>The resources of a range of keys.</summary>
internal sealed class StoredRange
{
    public const int MostStrays = 100;

    public Dictionary<long, StoredResource> Resources { get; } = [];

    public List<Stray> Strays { get; } = [];

    /// <summary>The resource an index row belongs to; null, and a stray, when there is none.</summary>
    public StoredResource? Owner(string table, long key)
    {
        if (Resources.GetValueOrDefault(key) is { } owner)
        {
            return owner;
        }

        Add(new Stray(table, key, $"there is a row of key {key}; there should be none, because no current resource has that key."));
        return null;
    }

    public void Add(in Stray stray)
    {
        if (Strays.Count < MostStrays)
        {
            Strays.Add(stray);
        }
    }
}
