namespace Salus.Records.Storage;

/// <summary>
/// Folded texts that are certain to stand in <c>records.string_value</c>, so that a commit need not offer them again: names and places repeat. Bounded; what
/// was written longest ago goes first. Only the committer uses it.
/// </summary>
internal sealed class KnownValues
{
    // Two generations of these, up to about 10 MB together.
    private const int MaxOfGeneration = 20_000;

    // What is longer is somebody's sentence, and seldom written twice.
    private const int MaxLength = 80;

    private HashSet<(int Tenant, string Value)> young = [];
    private HashSet<(int Tenant, string Value)> old = [];
    private long last;

    /// <summary>Begins a commit after this position of the log.</summary>
    public void At(long position)
    {
        if (position < last)
        {
            // The log went back: this is another database than before, such as a copy that took its place, and it may lack what the first one had.
            young.Clear();
            old.Clear();
        }

        last = position;
    }

    public bool Contains((int Tenant, string Value) value)
    {
        if (young.Contains(value))
        {
            return true;
        }

        if (!old.Contains(value))
        {
            return false;
        }

        Keep(value);
        return true;
    }

    /// <summary>Adds what a commit has written, after it succeeded, up to this position.</summary>
    public void Add(IEnumerable<(int Tenant, string Value)> values, long position)
    {
        last = position;
        foreach (var value in values)
        {
            if (value.Value.Length <= MaxLength)
            {
                Keep(value);
            }
        }
    }

    private void Keep((int Tenant, string Value) value)
    {
        if (young.Count == MaxOfGeneration)
        {
            (old, young) = (young, old);
            young.Clear();
        }

        young.Add(value);
    }
}
