namespace Salus.Records.Transaction;

/// <summary>The bytes that the reads of one bundle may answer together: a small request must not make a huge answer. For several threads.</summary>
internal sealed class AnswerBudget(long bytes)
{
    private long left = bytes;

    public bool Spent => Interlocked.Read(ref left) <= 0;

    /// <summary>Takes an answer's bytes; false when they are more than what is left.</summary>
    public bool Take(int length) => Interlocked.Add(ref left, -length) >= 0;
}
