using System.Buffers;
using Microsoft.Extensions.Logging;

namespace Salus.Access.Audit;

/// <summary>
/// What entries stand in before the database has them. What is flushed survives the end of Salus, of PostgreSQL and of the machine. One flush is for all that were
/// appended: with few accesses on their way whoever comes does it on its own thread, without a change of threads; with many a thread of the journal does, so that no thread of the requests
/// stands still, and waits until half of them are in it.
/// </summary>
internal sealed class AuditJournal : IDisposable
{
    // With so few on their way a change of threads, or a wait for others, takes longer than it is worth.
    private const int Few = 3;

    // What a flush waits for others at most. It takes about 40 us of a processor, however many it is for.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(1);

    // The same where the last flush was for many: requests wait for a processor then anyway.
    private static readonly TimeSpan GatherMany = TimeSpan.FromMilliseconds(3);
    private const int Many = 12;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? form;

    private readonly Lock gate;
    private readonly AuditLateSync? late;
    private readonly ILogger log;
    private readonly AutoResetEvent wake = new(false);
    private List<AuditJournalFile> dirty = [];
    private AuditFlush open = new();
    private AuditFlush? running;
    private Thread? flusher;
    private AuditPlace? last;
    // Accesses that have begun and are not durable yet.
    private int flight;
    // Entries that were appended since the last flush began; at least one where somebody waits for anything else.
    private int wanted;
    // How many entries the last flush was for.
    private int before;
    // Whether the journal's thread does the flushes.
    private bool charge;
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

    /// <summary>An access begins; after <see cref="Leave"/> it is over.</summary>
    public void Enter() => Interlocked.Increment(ref flight);

    /// <inheritdoc cref="Enter"/>
    public void Leave() => Interlocked.Decrement(ref flight);

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
        AuditFlush? own;
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

            if (running?.Covers(place) == true)
            {
                return running.Done;
            }

            wanted = Math.Max(wanted, 1);
            flush = open;
            own = Begin();
        }

        Lead(own);
        return flush.Done;
    }

    /// <summary>Brings what was appended to disk, on this thread, where few are on their way. Where many are, the first who waits finds the others beside it.</summary>
    public void Push()
    {
        AuditFlush? own;
        lock (gate)
        {
            own = wanted > 0 && flight <= Few ? Begin() : null;
        }

        Lead(own);
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
        lock (gate)
        {
            if (disposed)
            {
                return;
            }

            disposed = true;
        }

        Files.Close();
        wake.Set();
        flusher?.Join();
        wake.Dispose();
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

        // Nobody waits for how an announced access ended.
        wanted += kind == AuditRecordKind.Ended ? 0 : 1;
        Entries += kind == AuditRecordKind.Announced ? 0 : 1;
        var place = new AuditPlace(file, file.Use, file.Written);
        last = place;
        return place;
    }

    // Whether enough are in the next flush. Under the lock, as the four below.
    private bool IsDue => wanted > 0 && Volatile.Read(ref flight) is var all && (all <= Few || wanted * 2 >= all);

    // The kernel takes it in less time than a change of threads; and at the end there is no thread to change to.
    private bool AtOnce => late is not null || disposed;

    // Something is wanted: the flush that the caller does itself, null where it is another one's.
    private AuditFlush? Begin()
    {
        if (running is not null)
        {
            return null;
        }

        if (!charge && (AtOnce || flight <= Few))
        {
            return Start();
        }

        if (!charge || IsDue)
        {
            Charge();
        }

        return null;
    }

    private AuditFlush Start()
    {
        running = open;
        running.Take(dirty);
        (open, dirty, before, wanted) = (new AuditFlush(), [], wanted, 0);
        return running;
    }

    private void Charge()
    {
        charge = true;
        if (flusher is null)
        {
            flusher = new Thread(Follow) { IsBackground = true, Name = "audit journal" };
            flusher.Start();
        }

        wake.Set();
    }

    private void Lead(AuditFlush? own)
    {
        while (own is not null)
        {
            Run(own);
            lock (gate)
            {
                running = null;
                // Those who came meanwhile.
                own = wanted > 0 && AtOnce ? Start() : null;
                if (wanted > 0)
                {
                    Charge();
                }
            }
        }
    }

    private void Follow()
    {
        while (true)
        {
            wake.WaitOne();
            while (Next() is { } next)
            {
                Run(next);
            }

            lock (gate)
            {
                if (disposed && !charge)
                {
                    return;
                }
            }
        }
    }

    // Waits until enough are in it. Null where nobody comes any more: then requests do it themselves.
    private AuditFlush? Next()
    {
        TimeSpan wait;
        lock (gate)
        {
            if (!charge)
            {
                return null;
            }

            running = null;
            if (IsDue)
            {
                return Start();
            }

            if (wanted == 0 && flight <= Few)
            {
                charge = false;
                return null;
            }

            wait = before >= Many ? GatherMany : Gather;
        }

        wake.WaitOne(wait);
        lock (gate)
        {
            charge = wanted > 0;
            return charge ? Start() : null;
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
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
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
            (open, wanted) = (new AuditFlush(), 0);
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
