using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Salus.Access.Audit;

/// <summary>Ids of entries (RFC 9562, version 7), as <see cref="Guid.CreateVersion7(DateTimeOffset)"/> makes them. That asks the kernel for each; here one question is for four hundred.</summary>
internal static class AuditId
{
    private const int Bytes = 10;
    private const int Ahead = 400;

    [ThreadStatic]
    private static byte[]? random;

    [ThreadStatic]
    private static int left;

    public static Guid New(DateTimeOffset now)
    {
        if (left == 0)
        {
            RandomNumberGenerator.Fill(random ??= new byte[Ahead * Bytes]);
            left = Ahead;
        }

        left--;
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, now.ToUnixTimeMilliseconds() << 16);
        random.AsSpan(left * Bytes, Bytes).CopyTo(id[6..]);
        id[6] = (byte)(0x70 | (id[6] & 0x0f));
        id[8] = (byte)(0x80 | (id[8] & 0x3f));
        return new Guid(id, bigEndian: true);
    }
}
