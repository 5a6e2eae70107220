using System.Buffers;
using Microsoft.Extensions.Logging;

namespace Salus.Access.Audit;

/// <summary>
/// What entries stand in before the database has them. What is flushed survives the end of Salus, of PostgreSQL and of the machine. One flush is for all that
/// wait: whoever comes when none runs does it on its own thread, without a change of threads; those who come meanwhile wait for the next one, which
/// a thread of the journal does, so that under load no thread of the requests stands still.
/// </summary>
internal sealed class AuditJournal : IDisposable
{
    // So many together make up for a wait of a millisecond; after fewer it is not tried again for some flushes.
    private const int Many = 6;
    private const int Alone = 500;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? form;

    private readonly Lock gate;
    private readonly AuditLateSync? late;
    private readonly ILogger log;
    private readonly SemaphoreSlim more = new(0);
    private readonly ManualResetEvent ending = new(false);
    private List<AuditJournalFile> dirty = [];
    private AuditFlush open = new();
    private AuditFlush? running;
    private Thread? flusher;
    private AuditPlace? last;
    private bool disposed;

    /// <param name="latest">Zero: what was flushed is on disk. Otherwise a flush brings it to the kernel, and it is on disk after so long.</param>
    public AuditJournal(AuditKey key, TimeProvider time, TimeSpan latest, ILogger<AuditJournal> log)
    {
        this.log = log;
        Files = new AuditJournalFiles(key, time, latest > TimeSpan.Zero);
        gate = Files.Gate;
        late = latest > TimeSpan.Zero ? new AuditLateSync(latest, time, Break) : null;
    }

    public AuditJournalFiles Files { get; }

    /// <summary>Whether an append is cheap to make durable, so that nothing is won by announcing it.</summary>
    public bool IsLate => late is not null;

    /// <summary>Entries that were appended and not announced only, ever.</summary>
    public long Entries { get; private set; }

    /// <summary>Appends a record; it is durable after <see cref="DurableAsync"/>.</summary>
    /// <exception cref="IOException">There is no place for it, or the journal is closed.</exception>
    public AuditPlace Append(AuditRecordKind kind, AuditRow row)
    {
        var encoded = Form();
        row.Write(encoded);
        lock (gate)
        {
            return Appended(Files.Append(kind, encoded.WrittenSpan), kind);
        }
    }

    /// <summary>Appends the end of an access to the file in which it was announced; false when something else is written by now.</summary>
    public bool TryEnd(AuditPlace announced, AuditEnd end)
    {
        var encoded = Form();
        end.Write(encoded);
        lock (gate)
        {
            if (!Files.TryAppend(announced, AuditRecordKind.Ended, encoded.WrittenSpan))
            {
                return false;
            }

            Appended(announced.File, AuditRecordKind.Ended);
            return true;
        }
    }

    /// <summary>Completes when a place is durable.</summary>
    /// <exception cref="IOException">It will not be.</exception>
    public Task DurableAsync(AuditPlace place)
    {
        AuditFlush flush;
        lock (gate)
        {
            if (place.IsDurable)
            {
                return Task.CompletedTask;
            }

            if (place.File.Broken)
            {
                return Task.FromException(new IOException("The audit trail cannot be written."));
            }

            if (running is not null)
            {
                flush = running.Covers(place) ? running : open;
                flush.Waiting++;
                return flush.Done;
            }

            flush = Start();
        }

        Lead(flush);
        return flush.Done;
    }

    /// <summary>Brings all that was appended to disk, on this thread; nothing where a flush runs, which is followed by another one then.</summary>
    public void Push()
    {
        AuditFlush flush;
        lock (gate)
        {
            if (dirty.Count == 0)
            {
                return;
            }

            if (running is not null)
            {
                open.Waiting++;
                return;
            }

            flush = Start();
        }

        Lead(flush);
    }

    /// <summary>Where the journal ends now; null when nothing was ever written.</summary>
    public AuditPlace? End()
    {
        lock (gate)
        {
            return last;
        }
    }

    /// <summary>Files whose rows the database does not have stay.</summary>
    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        Files.Close();
        ending.Set();
        more.Release();
        flusher?.Join();
        more.Dispose();
        ending.Dispose();
        late?.Dispose();
        Files.Dispose();
    }

    private static ArrayBufferWriter<byte> Form()
    {
        form ??= new ArrayBufferWriter<byte>(1024);
        form.ResetWrittenCount();
        return form;
    }

    private AuditPlace Appended(AuditJournalFile file, AuditRecordKind kind)
    {
        if (!dirty.Contains(file))
        {
            dirty.Add(file);
        }

        Entries += kind == AuditRecordKind.Announced ? 0 : 1;
        var place = new AuditPlace(file, file.Use, file.Written);
        last = place;
        return place;
    }

    // Under the lock.
    private AuditFlush Start()
    {
        running = open;
        running.Take(dirty);
        open = new AuditFlush();
        dirty = [];
        return running;
    }

    private void Lead(AuditFlush flush)
    {
        Run(flush);
        if (late is not null)
        {
            // The kernel takes it in less time than a change of threads.
            for (var next = Next(); next is not null; next = Next())
            {
                Run(next);
            }

            return;
        }

        lock (gate)
        {
            if (!open.Wanted)
            {
                running = null;
                return;
            }

            if (flusher is null)
            {
                flusher = new Thread(Follow) { IsBackground = true, Name = "audit journal" };
                flusher.Start();
            }
        }

        more.Release();
    }

    // As long as somebody waits, one flush after the other. A flush takes about 40 us of a processor: where many come, it waits a millisecond for more of them.
    private void Follow()
    {
        var alone = 0;
        while (true)
        {
            more.Wait();
            if (alone == 0)
            {
                ending.WaitOne(1);
            }

            for (var next = Next(); next is not null; next = Next())
            {
                Run(next);
                alone = alone > 0 ? alone - 1 : next.Waiting < Many ? Alone : 0;
                if (alone == 0)
                {
                    ending.WaitOne(1);
                }
            }

            lock (gate)
            {
                if (disposed)
                {
                    return;
                }
            }
        }
    }

    private AuditFlush? Next()
    {
        lock (gate)
        {
            if (open.Wanted)
            {
                return Start();
            }

            running = null;
            return null;
        }
    }

    private void Run(AuditFlush flush)
    {
        try
        {
            foreach (var (file, _, from, part) in flush.Files)
            {
                file.Flush(from, part);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var failure = new IOException("The audit trail cannot be written.", e);
            flush.Fail(failure);
            Break(flush).Fail(failure);
            return;
        }

        lock (gate)
        {
            foreach (var (file, until, _, _) in flush.Files)
            {
                file.Durable = until;
                late?.Written(file);
            }
        }

        flush.Succeed();
    }

    // What a failed flush leaves of a file is not known: the next entries go into another one, and those who wait for more of this one wait in vain.
    private AuditFlush Break(AuditFlush flush)
    {
        lock (gate)
        {
            foreach (var (file, _, _, _) in flush.Files)
            {
                Files.Break(file);
                dirty.Remove(file);
            }

            var next = open;
            open = new AuditFlush();
            return next;
        }
    }

    private void Break(AuditJournalFile file, Exception e)
    {
        AccessLog.AuditNotOnDisk(log, e);
        lock (gate)
        {
            Files.Break(file);
        }
    }
}
