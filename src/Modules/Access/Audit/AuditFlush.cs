namespace Salus.Access.Audit;

/// <summary>One flush of the journal and those who wait for it.</summary>
internal sealed class AuditFlush
{
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What it brings to disk, and up to where.</summary>
    public List<(AuditJournalFile File, int Until, int From, byte[] Bytes)> Files { get; } = [];

    public Task Done => done.Task;

    /// <summary>From now on nothing joins it.</summary>
    public void Take(List<AuditJournalFile> dirty)
    {
        foreach (var file in dirty)
        {
            var (from, bytes) = file.Take();
            Files.Add((file, file.Written, from, bytes));
        }
    }

    public bool Covers(AuditPlace place) => Files.Exists(f => f.File == place.File && place.End <= f.Until);

    public void Succeed() => done.TrySetResult();

    public void Fail(Exception e)
    {
        done.TrySetException(e);
        // Perhaps nobody waits: it was only pushed.
        _ = done.Task.Exception;
    }
}
