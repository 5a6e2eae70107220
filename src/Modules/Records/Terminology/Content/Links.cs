namespace Salus.Records.Terminology.Content;

/// <summary>For each concept a row of numbers, such as its parents. Two arrays, whatever the size. Immutable.</summary>
internal sealed class Links
{
    private readonly int[] starts;
    private readonly int[] values;

    /// <param name="count">How many rows.</param>
    /// <param name="pairs">Row and value; the values of a row keep their order.</param>
    public Links(int count, IReadOnlyList<(int Row, int Value)> pairs)
    {
        starts = new int[count + 1];
        values = new int[pairs.Count];
        foreach (var (row, _) in pairs)
        {
            starts[row + 1]++;
        }

        for (var i = 0; i < count; i++)
        {
            starts[i + 1] += starts[i];
        }

        var next = starts.AsSpan(0, count).ToArray();
        foreach (var (row, value) in pairs)
        {
            values[next[row]++] = value;
        }
    }

    public ReadOnlySpan<int> this[int row] => values.AsSpan(starts[row]..starts[row + 1]);

    /// <summary>The place of a row's first value among all values.</summary>
    public int Start(int row) => starts[row];
}
