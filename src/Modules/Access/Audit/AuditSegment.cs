using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Salus.Access.Audit;

/// <summary>Rows of one tenant in the order of their transactions, linked to the segment before.</summary>
/// <param name="Number">1, 2, 3 ... for each tenant.</param>
/// <param name="Day">The day on which it was made (UTC).</param>
/// <param name="Until">Rows of this transaction and later ones are not in it.</param>
/// <param name="Ids">Of its rows.</param>
/// <param name="Previous">The hash of the segment before; 32 zeros for the first.</param>
/// <param name="Hash">See <see cref="Link"/>.</param>
internal sealed record AuditSegment(int Tenant, long Number, DateOnly Day, ulong Until, Guid[] Ids, byte[] Previous, byte[] Hash)
{
    /// <summary>What stands before the first.</summary>
    public static readonly byte[] Nothing = new byte[SHA256.HashSizeInBytes];

    /// <summary>The hash after one more row: SHA-256 of the hash before it and its MAC.</summary>
    public static byte[] Link(ReadOnlySpan<byte> previous, ReadOnlySpan<byte> mac)
    {
        Span<byte> both = stackalloc byte[previous.Length + mac.Length];
        previous.CopyTo(both);
        mac.CopyTo(both[previous.Length..]);
        return SHA256.HashData(both);
    }

    /// <summary>HMAC-SHA256 of all of it, so that nobody without the key can make one.</summary>
    public byte[] Mac(byte[] key)
    {
        using var bytes = new MemoryStream(128 + (16 * Ids.Length));
        Write(bytes, Tenant, Number, Day.DayNumber, (long)Until, Ids.Length);
        foreach (var id in Ids)
        {
            bytes.Write(id.ToByteArray(bigEndian: true));
        }

        bytes.Write(Previous);
        bytes.Write(Hash);
        return HMACSHA256.HashData(key, bytes.ToArray());
    }

    /// <summary>Numbers, eight bytes each.</summary>
    internal static void Write(Stream bytes, params ReadOnlySpan<long> numbers)
    {
        Span<byte> eight = stackalloc byte[8];
        foreach (var number in numbers)
        {
            BinaryPrimitives.WriteInt64BigEndian(eight, number);
            bytes.Write(eight);
        }
    }
}

/// <summary>A day of a tenant that is over.</summary>
/// <param name="Last">The number of its last segment.</param>
/// <param name="Hash">Of its last segment.</param>
/// <param name="Previous">The seal of the day before that had entries; 32 zeros for the first.</param>
internal sealed record AuditSeal(int Tenant, DateOnly Day, long Entries, long Last, byte[] Hash, byte[] Previous)
{
    /// <summary>HMAC-SHA256 with the key outside the database.</summary>
    public byte[] Seal(byte[] key)
    {
        using var bytes = new MemoryStream();
        bytes.Write("day"u8);
        AuditSegment.Write(bytes, Tenant, Day.DayNumber, Entries, Last);
        bytes.Write(Hash);
        bytes.Write(Previous);
        return HMACSHA256.HashData(key, bytes.ToArray());
    }
}

/// <summary>A partition that retention dropped.</summary>
internal sealed record AuditDropped(string Partition, DateTime Low, DateTime High, long Entries)
{
    /// <summary>HMAC-SHA256 with the key outside the database.</summary>
    public byte[] Seal(byte[] key)
    {
        using var bytes = new MemoryStream();
        bytes.Write("dropped"u8);
        AuditSegment.Write(bytes, Low.Ticks, High.Ticks, Entries);
        bytes.Write(Encoding.UTF8.GetBytes(Partition));
        return HMACSHA256.HashData(key, bytes.ToArray());
    }
}
