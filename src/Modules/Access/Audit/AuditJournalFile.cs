using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using Salus.Kernel;

namespace Salus.Access.Audit;

/// <summary>What a record of a journal is.</summary>
internal enum AuditRecordKind : byte
{
    /// <summary>The entry of an access.</summary>
    Entry = 1,

    /// <summary>The entry of an access that begins: <see cref="Entry"/> with the same id follows when it is known what came of it.</summary>
    Announced = 2,

    /// <summary>How an access ended of which the rest was announced in the same file: <see cref="AuditEnd"/>.</summary>
    Ended = 3,
}

/// <summary>
/// A file of a fixed size that is written in place, so that a flush has to bring nothing but the bytes to disk: no new length, no new blocks.
/// It begins with eight signs and eight random bytes; a record is its length, a checksum over it and the random bytes, its kind, and the bytes of a row.
/// What stands behind the last record, from an earlier use, does not fit the random bytes. All but <see cref="Flush"/>, <see cref="Sync"/> and <see cref="Read"/> belongs to <see cref="AuditJournal"/>'s lock.
/// </summary>
internal sealed class AuditJournalFile : IDisposable
{
    public const int Head = 16;
    public const int RecordHead = 9;

    private const int Buffered = 256 * 1024;

    private readonly BlockFile file;
    private readonly Lock disk = new();
    // From the begin of the block on that is not whole and on disk yet.
    private readonly ArrayBufferWriter<byte> tail = new(64 * 1024);
    private int from;

    private AuditJournalFile(BlockFile file) => this.file = file;

    public static ReadOnlySpan<byte> Magic => "SALUSAJ1"u8;

    public int Size => file.Size;

    /// <summary>What the checksums begin with.</summary>
    public uint Salt { get; private set; }

    /// <summary>Where the next record goes.</summary>
    public int Written { get; private set; } = Head;

    /// <summary>Up to where it is on disk.</summary>
    public int Durable { get; set; } = Head;

    /// <summary>Up to where the database has it.</summary>
    public int Shipped { get; set; } = Head;

    /// <summary>How often it was begun: a place of an earlier use is none any more.</summary>
    public int Use { get; private set; }

    /// <summary>A flush failed: what is not durable yet will not be.</summary>
    public bool Broken { get; set; }

    /// <summary>A new file, all of it on disk.</summary>
    /// <param name="size">Bytes, at least.</param>
    /// <param name="late">Whether <see cref="Flush"/> brings bytes to the kernel only, and <see cref="Sync"/> to disk.</param>
    /// <exception cref="IOException">There is no place for it.</exception>
    public static AuditJournalFile Create(string folder, DateTimeOffset now, int size, bool late = false)
    {
        var whole = (size + BlockFile.Block - 1) / BlockFile.Block * BlockFile.Block;
        var made = new AuditJournalFile(BlockFile.Create(Path.Combine(folder, $"journal-{Guid.CreateVersion7(now):N}"), whole, Buffered, late));
        made.Begin();
        return made;
    }

    /// <summary>Begins anew; what it had is no more.</summary>
    public void Begin()
    {
        Span<byte> head = stackalloc byte[Head];
        Magic.CopyTo(head);
        RandomNumberGenerator.Fill(head[8..]);
        Salt = SaltOf(head);
        lock (disk)
        {
            file.Write(0, head);
        }

        tail.ResetWrittenCount();
        tail.Write(head);
        from = 0;
        Written = Durable = Shipped = Head;
        Use++;
    }

    /// <summary>False when there is no room.</summary>
    public bool TryAppend(AuditRecordKind kind, ReadOnlySpan<byte> row)
    {
        var length = RecordHead + row.Length;
        if (length > Size - Written)
        {
            return false;
        }

        var head = tail.GetSpan(RecordHead);
        BinaryPrimitives.WriteInt32LittleEndian(head, row.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], Checksum(Salt, kind, row));
        head[8] = (byte)kind;
        tail.Advance(RecordHead);
        tail.Write(row);
        Written += length;
        return true;
    }

    /// <summary>What has to be written to bring all so far to disk: where, and bytes of it. What follows begins with the last block, which is not whole.</summary>
    public (int From, byte[] Bytes) Take()
    {
        var taken = (from, Bytes: tail.WrittenSpan.ToArray());
        var whole = taken.Bytes.Length / BlockFile.Block * BlockFile.Block;
        from += whole;
        tail.ResetWrittenCount();
        tail.Write(taken.Bytes.AsSpan(whole));
        return taken;
    }

    /// <summary>Brings what was taken to disk.</summary>
    /// <exception cref="IOException">It is not there.</exception>
    public void Flush(int position, ReadOnlySpan<byte> bytes)
    {
        lock (disk)
        {
            file.Write(position, bytes);
        }
    }

    /// <summary>Brings all that was flushed to disk, where that does not do it itself.</summary>
    /// <exception cref="IOException">It is not there.</exception>
    public void Sync()
    {
        try
        {
            file.Sync();
        }
        catch (ObjectDisposedException)
        {
            // The database has its rows: it was given up.
        }
    }

    /// <summary>Bytes of the file that are durable.</summary>
    public ReadOnlySpan<byte> Read(int position, int length)
    {
        var before = position % BlockFile.Block;
        lock (disk)
        {
            return file.Read(position - before, before + length).AsSpan(before);
        }
    }

    /// <summary>The next record of a file's content; false at the end of what fits.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> content, uint salt, out AuditRecordKind kind, out ReadOnlySpan<byte> row)
    {
        kind = default;
        row = default;
        if (content.Length < RecordHead || BinaryPrimitives.ReadInt32LittleEndian(content) is var length && (length <= 0 || length > content.Length - RecordHead))
        {
            return false;
        }

        kind = (AuditRecordKind)content[8];
        row = content.Slice(RecordHead, length);
        if (BinaryPrimitives.ReadUInt32LittleEndian(content[4..]) != Checksum(salt, kind, row))
        {
            return false;
        }

        content = content[(RecordHead + length)..];
        return true;
    }

    /// <summary>What the checksums of a file with these first bytes begin with.</summary>
    public static uint SaltOf(ReadOnlySpan<byte> head) => BitOperations.Crc32C(uint.MaxValue, BinaryPrimitives.ReadUInt64LittleEndian(head[8..]));

    /// <summary>Closes and deletes it: the database has its rows.</summary>
    public void Remove()
    {
        Dispose();
        try
        {
            File.Delete(file.Path);
        }
        catch (IOException)
        {
            // It stays for the next start, which finds its rows in the database and removes it.
        }
    }

    public void Dispose()
    {
        lock (disk)
        {
            file.Dispose();
        }
    }

    private static uint Checksum(uint salt, AuditRecordKind kind, ReadOnlySpan<byte> row)
    {
        var sum = BitOperations.Crc32C(salt, ((ulong)kind << 32) | (uint)row.Length);
        for (; row.Length >= 8; row = row[8..])
        {
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(row));
        }

        foreach (var last in row)
        {
            sum = BitOperations.Crc32C(sum, last);
        }

        return sum;
    }
}
