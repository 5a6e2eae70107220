namespace Salus.Access.Audit;

/// <summary>Brings files to disk a while after they were written to the kernel: all that comes in that time in one go.</summary>
/// <param name="latest">How long after the first write.</param>
/// <param name="failed">Is told of a file that the disk did not take.</param>
internal sealed class AuditLateSync : IDisposable
{
    private readonly Lock gate = new();
    private readonly TimeSpan latest;
    private readonly Action<AuditJournalFile, Exception> failed;
    private readonly ITimer timer;
    private HashSet<AuditJournalFile> written = [];

    public AuditLateSync(TimeSpan latest, TimeProvider time, Action<AuditJournalFile, Exception> failed)
    {
        this.latest = latest;
        this.failed = failed;
        timer = time.CreateTimer(_ => Sync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>It has to come to disk.</summary>
    public void Written(AuditJournalFile file)
    {
        lock (gate)
        {
            if (written.Add(file) && written.Count == 1)
            {
                timer.Change(latest, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Brings the rest to disk.</summary>
    public void Dispose()
    {
        timer.Dispose();
        Sync();
    }

    private void Sync()
    {
        HashSet<AuditJournalFile> due;
        lock (gate)
        {
            (due, written) = (written, []);
        }

        foreach (var file in due)
        {
            try
            {
                file.Sync();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failed(file, e);
            }
        }
    }
}
