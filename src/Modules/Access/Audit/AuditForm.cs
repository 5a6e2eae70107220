using System.Buffers.Binary;
using System.Text;
using Salus.Kernel;

namespace Salus.Access.Audit;

/// <summary>Reads the bytes that <see cref="AuditRow.Write"/> makes. What a journal holds has a checksum, so bytes that do not fit are a mistake of ours.</summary>
internal ref struct AuditForm
{
    private ReadOnlySpan<byte> rest;

    private AuditForm(ReadOnlySpan<byte> bytes) => rest = bytes;

    /// <exception cref="InvalidDataException">It is of another layout, or ends too early.</exception>
    public static AuditRow Read(ReadOnlySpan<byte> bytes)
    {
        var form = new AuditForm(bytes);
        try
        {
            return form.Row();
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new InvalidDataException("An entry of the audit trail's journal ends too early.", e);
        }
    }

    private AuditRow Row()
    {
        var layout = Take(1)[0];
        if (layout is not (1 or 2))
        {
            throw new InvalidDataException($"The audit trail's journal has an entry of layout {layout}, which this version of Salus does not know.");
        }

        var at = new DateTime(Number() * TimeSpan.TicksPerMicrosecond, DateTimeKind.Utc);
        var id = Id();
        // Initializers run in the order in which they stand here, which is that of the bytes.
        return new AuditRow(id, at, (int)Number(), (AuditKind)Number(), (AuditOutcome)Number(), Text()!)
        {
            Name = Text(),
            Roles = Texts(),
            Person = Text(),
            Client = Text(),
            Session = Text(),
            Address = Text(),
            Request = Text(),
            Type = Text(),
            ResourceId = Text(),
            Version = (int)Number(),
            Patients = Texts(),
            Query = Text(),
            Detail = Text(),
            Purpose = Text(),
            Openings = layout == 1 ? [] : Ids(),
        };
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }

    private long Number() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    private Guid Id() => new(Take(16), bigEndian: true);

    private Guid[] Ids()
    {
        var ids = new Guid[(int)Number()];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = Id();
        }

        return ids;
    }

    private string? Text() => (int)Number() is var count and >= 0 ? Encoding.UTF8.GetString(Take(count)) : null;

    private string[] Texts()
    {
        var count = (int)Number();
        var texts = count == 0 ? [] : new string[count];
        for (var i = 0; i < count; i++)
        {
            texts[i] = Text()!;
        }

        return texts;
    }
}
