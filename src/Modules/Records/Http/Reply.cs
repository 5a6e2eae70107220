namespace Salus.Records.Http;

/// <summary>The answer of an interaction, whether it came alone over HTTP or as an entry of a batch.</summary>
/// <param name="Status">The HTTP status.</param>
internal sealed record Reply(int Status)
{
    /// <summary>JSON in UTF-8; empty for none.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>True when the interaction has written its answer itself, as a stream.</summary>
    public bool Sent { get; init; }

    /// <summary>Logical ids of the patients whose data is in the answer, or who were asked about.</summary>
    public IReadOnlyCollection<string> Patients { get; init; } = [];

    /// <summary>What was asked, where the address and the form do not say it in the words of a search; without what the record keeps sealed. For the audit trail.</summary>
    public string? Asked { get; init; }

    /// <summary>The resource types of which a part of what was asked was refused, in an answer that has the rest; null for none. For the audit trail.</summary>
    public string? Denied { get; init; }

    /// <summary>The version for the ETag.</summary>
    public int? Version { get; init; }

    public DateTimeOffset? LastModified { get; init; }

    /// <summary>The version's address below the FHIR base: <c>Patient/1/_history/2</c>.</summary>
    public string? Location { get; init; }

    /// <summary>Further headers.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>The media type of what is not FHIR JSON; null for that.</summary>
    public string? ContentType { get; init; }

    /// <summary>The content where it is too large for <see cref="Body"/>; the reply owns it. It has a <see cref="ContentType"/>.</summary>
    public Stream? Stream { get; init; }

    /// <summary>What a write did, in a sentence: for <c>Prefer: return=OperationOutcome</c>. Null for reads.</summary>
    public string? Note { get; init; }

    /// <summary>The same, with these patients beside those whose data it has.</summary>
    public Reply About(IEnumerable<string> patients)
    {
        var others = patients.Except(Patients, StringComparer.Ordinal).ToList();
        return others.Count == 0 ? this : this with { Patients = [.. Patients, .. others] };
    }

    /// <summary>A searchset or history: an answer of its own, not a resource with a version.</summary>
    public static Reply Bundle(ReadOnlyMemory<byte> body, IReadOnlyCollection<string>? patients = null) => new(200) { Body = body, Patients = patients ?? [] };
}
