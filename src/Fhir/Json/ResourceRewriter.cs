using System.Globalization;
using System.Text;

namespace Salus.Fhir.Json;

/// <summary>Finds what a reference text is to be replaced by: <c>Type/id</c>, which needs no JSON escapes; null keeps it.</summary>
public delegate string? ReferenceMap(string reference);

/// <summary>A resource as it is stored and served, and where its time stamp stands in the bytes.</summary>
/// <param name="Document">Compact JSON: resourceType, id, meta, then the rest in the order it came in.</param>
/// <param name="StampOffset">The offset of the <see cref="ResourceRewriter.StampLength"/> bytes of <c>meta.lastUpdated</c>.</param>
public readonly record struct StoredForm(ResourceDocument Document, int StampOffset);

/// <summary>
/// Writes a resource, or one inside a bundle, as a document of its own with the server's id, version and time; white space goes, and every value stays
/// byte for byte as it was sent, so that decimals keep their precision. One pass gives the bytes and their tape: nothing is parsed again.
/// </summary>
public static class ResourceRewriter
{
    /// <summary>The length of <c>2026-01-31T23:59:59.123456Z</c>.</summary>
    public const int StampLength = 27;

    private static readonly string Blank = new('0', StampLength);

    /// <summary>Writes the stored form. The stamp is left as zeros for <see cref="Stamp"/> to fill at commit.</summary>
    /// <param name="resource">The resource element.</param>
    /// <param name="id">Its logical id on this server.</param>
    /// <param name="version">Its version, from 1.</param>
    /// <param name="map">Replaces references, such as <c>urn:uuid:</c> ones of a transaction; null for none.</param>
    public static StoredForm Rewrite(Element resource, string id, int version, ReferenceMap? map = null)
    {
        var writer = new TapeWriter(resource, map);
        var stamp = writer.WriteRoot(id, version.ToString(CultureInfo.InvariantCulture), Blank);
        return new StoredForm(writer.ToDocument(), stamp);
    }

    /// <summary>Fills in <c>meta.lastUpdated</c>.</summary>
    public static void Stamp(Span<byte> utf8, int stampOffset, DateTimeOffset at)
    {
        var text = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        Encoding.ASCII.GetBytes(text, utf8.Slice(stampOffset, StampLength));
    }

    /// <summary>Writes an element as compact JSON, unchanged.</summary>
    public static byte[] Copy(Element resource)
    {
        var writer = new TapeWriter(resource, null);
        writer.WriteCopy();
        return writer.ToDocument().Utf8.ToArray();
    }
}
