using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Salus.Kernel;

namespace Salus.Access.Audit;

/// <summary>An entry as the table has it.</summary>
/// <param name="Id">Unique, and in the order of time for one process (RFC 9562, version 7).</param>
/// <param name="At">UTC, whole microseconds.</param>
internal sealed record AuditRow(Guid Id, DateTime At, int Tenant, AuditKind Kind, AuditOutcome Outcome, string Actor)
{
    // The first byte of what the MAC is made of. Another set or order of columns gets another number: rows of before keep theirs.
    private const byte Layout = 1;
    private const byte LayoutWithOpenings = 2;

    public string? Name { get; init; }

    public IReadOnlyList<string> Roles { get; init; } = [];

    public string? Person { get; init; }

    public string? Client { get; init; }

    public string? Session { get; init; }

    public string? Address { get; init; }

    public string? Request { get; init; }

    public string? Type { get; init; }

    public string? ResourceId { get; init; }

    public int Version { get; init; }

    public IReadOnlyList<string> Patients { get; init; } = [];

    public string? Query { get; init; }

    public string? Detail { get; init; }

    public string? Purpose { get; init; }

    /// <summary>The openings by break-glass under which it was done: those of the patients of the entry that the caller had open.</summary>
    public IReadOnlyList<Guid> Openings { get; init; } = [];

    /// <summary>The row of an entry that is made now.</summary>
    public static AuditRow Of(AuditEntry entry, DateTimeOffset now)
    {
        var caller = entry.Caller;
        var at = now.UtcDateTime;
        return new AuditRow(
            AuditId.New(now), new DateTime(at.Ticks - (at.Ticks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc), caller.Tenant.Number, entry.Kind, entry.Outcome, AuditText.Of(caller.Actor, 200)!)
        {
            Name = AuditText.Of(caller.Name, 200),
            Roles = [.. caller.Roles.Select(r => AuditText.Of(r, 100)!)],
            Person = AuditText.Of(caller.Person, 200),
            Client = AuditText.Of(caller.Client, 200),
            Session = AuditText.Of(caller.Session, 200),
            Address = AuditText.Of(caller.Origin?.Address, 100),
            Request = AuditText.Of(caller.Origin?.Request, 100),
            Type = AuditText.Of(entry.Type, 64),
            ResourceId = AuditText.Of(entry.Id, 200),
            Version = entry.Version,
            Patients = entry.Patients.Count == 0 ? [] : [.. entry.Patients.Select(p => AuditText.Of(p, 64)!)],
            Query = AuditText.Of(entry.Query, 4000),
            Detail = AuditText.Of(entry.Detail, 4000),
            Purpose = AuditText.Of(caller.Purpose, 1000),
            Openings = caller.Opened.Count == 0 ? [] : [.. caller.Opened.Where(o => entry.Patients.Contains(o.Patient)).Select(o => o.Opening)],
        };
    }

    /// <summary>HMAC-SHA256 over all columns, each with its length in front, so that nothing can move from one into the next.</summary>
    public byte[] Mac(ReadOnlySpan<byte> key)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        Write(bytes);
        return HMACSHA256.HashData(key, bytes.WrittenSpan);
    }

    /// <summary>All columns as bytes: what the MAC is made of and what a journal holds. <see cref="AuditForm"/> reads it.</summary>
    public void Write(ArrayBufferWriter<byte> bytes)
    {
        bytes.GetSpan(1)[0] = Openings.Count == 0 ? Layout : LayoutWithOpenings;
        bytes.Advance(1);
        Write(bytes, At.Ticks / TimeSpan.TicksPerMicrosecond);
        Write(bytes, Id);
        Write(bytes, Tenant);
        Write(bytes, (long)Kind);
        Write(bytes, (long)Outcome);
        Write(bytes, Actor);
        Write(bytes, Name);
        Write(bytes, Roles);
        Write(bytes, Person);
        Write(bytes, Client);
        Write(bytes, Session);
        Write(bytes, Address);
        Write(bytes, Request);
        Write(bytes, Type);
        Write(bytes, ResourceId);
        Write(bytes, Version);
        Write(bytes, Patients);
        Write(bytes, Query);
        Write(bytes, Detail);
        Write(bytes, Purpose);
        if (Openings.Count > 0)
        {
            Write(bytes, Openings.Count);
            foreach (var opening in Openings)
            {
                Write(bytes, opening);
            }
        }
    }

    private static void Write(ArrayBufferWriter<byte> bytes, Guid id)
    {
        id.TryWriteBytes(bytes.GetSpan(16), bigEndian: true, out _);
        bytes.Advance(16);
    }

    private static void Write(ArrayBufferWriter<byte> bytes, long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(bytes.GetSpan(8), number);
        bytes.Advance(8);
    }

    private static void Write(ArrayBufferWriter<byte> bytes, IReadOnlyList<string> texts)
    {
        Write(bytes, texts.Count);
        foreach (var text in texts)
        {
            Write(bytes, text);
        }
    }

    // -1 for null: it is not the empty text.
    private static void Write(ArrayBufferWriter<byte> bytes, string? text)
    {
        var count = text is null ? -1 : Encoding.UTF8.GetByteCount(text);
        Write(bytes, count);
        if (count > 0)
        {
            bytes.Advance(Encoding.UTF8.GetBytes(text, bytes.GetSpan(count)));
        }
    }
}
