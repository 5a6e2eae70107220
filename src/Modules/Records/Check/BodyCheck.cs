using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Sealing;
using Salus.Records.Storage;

namespace Salus.Records.Check;

/// <summary>A body is a readable resource of its row's type, and its id, version and time are the row's. Safe for all threads.</summary>
internal sealed class BodyCheck(FhirDefinitions definitions, Catalog catalog)
{
    private const string Table = "records.log";

    /// <summary>The body as a document, or null when it cannot be compared any further.</summary>
    public ResourceDocument? Check(in VersionRow row, byte[]? body, Findings findings)
    {
        if (body is null)
        {
            findings.Add(Table, row, $"there is no body; there should be one, because version {row.Version} is no deletion.");
            return null;
        }

        if (!ResourceReader.TryRead(body, definitions, out var document, out var issue))
        {
            findings.Add(Table, row, $"the body of version {row.Version} cannot be read; it should be a resource. {issue.Message}");
            return null;
        }

        if (document.Type.Name != catalog.FindTypeName(row.Type))
        {
            findings.Add(Table, row, $"the body of version {row.Version} is of type {document.Type.Name}; it should be of type {findings.Type(row.Type)}, as its row says.");
            return null;
        }

        var meta = document.Root.Child("meta"u8);
        Span<byte> stamp = stackalloc byte[ResourceRewriter.StampLength];
        ResourceRewriter.Stamp(stamp, 0, new DateTimeOffset(row.At, TimeSpan.Zero));
        Compare(row, "id", document.Id, row.Id, findings);
        Compare(row, "meta.versionId", meta.Child("versionId"u8).AsString(), row.Version.ToString(System.Globalization.CultureInfo.InvariantCulture), findings);
        Compare(row, "meta.lastUpdated", meta.Child("lastUpdated"u8).AsString(), Encoding.ASCII.GetString(stamp), findings);
        CheckSeals(row, document.Type.Name, body, findings);
        return document;
    }

    // Index and checks take a sealed body as it is; that its values can still be read is a question of its own.
    private void CheckSeals(in VersionRow row, string type, byte[] body, Findings findings)
    {
        try
        {
            catalog.Seals?.Open(new SealPlace(new Tenant(row.Tenant), type, row.Id), body);
        }
        catch (UnsealedException e)
        {
            findings.Add(Table, row, $"a value of version {row.Version} is sealed and should open. {e.Message}");
        }
    }

    private static void Compare(in VersionRow row, string element, string? found, string expected, Findings findings)
    {
        if (found != expected)
        {
            findings.Add(Table, row, $"{element} in the body of version {row.Version} is {found ?? "not there"}; it should be {expected}, as its row says.");
        }
    }
}
