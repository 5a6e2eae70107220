using System.Buffers;
using System.Buffers.Binary;
using Salus.Kernel;

namespace Salus.Access.Audit;

/// <summary>How an announced access ended, where nothing else was open: twenty-one bytes in place of the whole row once more.</summary>
/// <param name="Id">Of the announced row.</param>
/// <param name="Version">Of the resource that was read; 0 when none was.</param>
internal readonly record struct AuditEnd(Guid Id, AuditOutcome Outcome, int Version)
{
    private const int Size = 21;

    /// <exception cref="InvalidDataException">It has another size.</exception>
    public static AuditEnd Read(ReadOnlySpan<byte> bytes) => bytes.Length == Size
        ? new(new Guid(bytes[..16], bigEndian: true), (AuditOutcome)bytes[16], BinaryPrimitives.ReadInt32BigEndian(bytes[17..]))
        : throw new InvalidDataException($"The end of an access in the audit trail's journal has {bytes.Length} bytes instead of {Size}.");

    public void Write(ArrayBufferWriter<byte> bytes)
    {
        var span = bytes.GetSpan(Size);
        Id.TryWriteBytes(span, bigEndian: true, out _);
        span[16] = (byte)Outcome;
        BinaryPrimitives.WriteInt32BigEndian(span[17..], Version);
        bytes.Advance(Size);
    }

    /// <summary>The row of the access.</summary>
    public AuditRow Of(AuditRow announced) => announced with { Outcome = Outcome, Version = Version };
}
