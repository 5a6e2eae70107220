namespace Salus.Access.Audit;

/// <summary>The files of the journal: the one that is written into, those that the database does not have all of, and spare ones, so that a flush meets blocks that exist.</summary>
/// <param name="late">Whether what is flushed is with the kernel only until it is brought to disk.</param>
internal sealed class AuditJournalFiles(AuditKey key, TimeProvider time, bool late) : IDisposable
{
    private const int FirstSize = 1024 * 1024;
    private const int Size = 16 * 1024 * 1024;
    private const int MostSpare = 2;

    private readonly Lock gate = new();
    private readonly Queue<AuditJournalFile> files = [];
    private readonly Queue<AuditJournalFile> spare = [];
    private AuditJournalFile? current;
    private bool closed;
    private long bytes;

    /// <summary>Guards the files and what is in them.</summary>
    public Lock Gate => gate;

    /// <summary>Bytes of the files that the database does not have all of.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>What the database does not have: the oldest file, up to where it is durable, and whether nothing more comes into it. Null when there is nothing.</summary>
    public (AuditJournalFile File, int Until, bool Whole)? Oldest()
    {
        lock (gate)
        {
            return files.TryPeek(out var file) ? (file, file.Durable, file != current && (file.Broken || file.Durable == file.Written)) : null;
        }
    }

    /// <summary>The oldest file is in the database, and nothing more comes into it: it is used again, or removed.</summary>
    public void Release()
    {
        AuditJournalFile file;
        lock (gate)
        {
            file = files.Dequeue();
            Interlocked.Add(ref bytes, -file.Size);
        }

        if (file.Broken)
        {
            // What was announced in it and not finished stands nowhere else: the next start brings it in.
            file.Dispose();
            return;
        }

        if (file.Size != Size || spare.Count >= MostSpare || closed)
        {
            file.Remove();
            return;
        }

        file.Begin();
        Spare(file);
    }

    /// <summary>Makes the next file before it is needed: as long as it is made, nothing could be appended.</summary>
    public void Prepare()
    {
        lock (gate)
        {
            if (closed || spare.Count > 0 || current is null || current.Written < current.Size / 2)
            {
                return;
            }
        }

        Spare(AuditJournalFile.Create(key.Folder, time.GetUtcNow(), Size, late));
    }

    /// <summary>Appends a record to the file that it was announced in; false when another one is written by now. Under <see cref="Gate"/>.</summary>
    public bool TryAppend(AuditPlace announced, AuditRecordKind kind, ReadOnlySpan<byte> row) =>
        announced.File == current && announced.Use == current.Use && current.TryAppend(kind, row);

    /// <summary>Appends a record, and says into which file. Under <see cref="Gate"/>.</summary>
    /// <exception cref="IOException">There is no place for it, or nothing is appended any more.</exception>
    public AuditJournalFile Append(AuditRecordKind kind, ReadOnlySpan<byte> row)
    {
        if (closed)
        {
            throw new IOException("Salus is stopping.");
        }

        if (current is null || !current.TryAppend(kind, row))
        {
            var least = AuditJournalFile.Head + AuditJournalFile.RecordHead + row.Length;
            current = least <= Size && spare.TryDequeue(out var ready) ? ready : AuditJournalFile.Create(key.Folder, time.GetUtcNow(), Math.Max(least, files.Count == 0 ? FirstSize : Size), late);
            files.Enqueue(current);
            Interlocked.Add(ref bytes, current.Size);
            current.TryAppend(kind, row);
        }

        return current;
    }

    /// <summary>What did not come to disk of a file is not known: nothing more goes into it. Under <see cref="Gate"/>.</summary>
    public void Break(AuditJournalFile file)
    {
        file.Broken = true;
        current = current == file ? null : current;
    }

    /// <summary>Nothing is appended any more.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            current = null;
        }
    }

    /// <summary>Files whose rows the database does not have stay.</summary>
    public void Dispose()
    {
        Close();
        lock (gate)
        {
            foreach (var file in files)
            {
                file.Dispose();
            }

            while (spare.TryDequeue(out var file))
            {
                file.Remove();
            }
        }
    }

    private void Spare(AuditJournalFile file)
    {
        lock (gate)
        {
            if (!closed)
            {
                spare.Enqueue(file);
                return;
            }
        }

        file.Remove();
    }
}
