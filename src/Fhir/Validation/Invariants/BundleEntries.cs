using Salus.Fhir.Json;

namespace Salus.Fhir.Validation.Invariants;

/// <summary>Invariant bdl-7: in a bundle that is no history, each fullUrl stands once, or once per version. By a set, because bundles have thousands of entries.</summary>
internal static class BundleEntries
{
    internal static void Check(ResourceDocument document, int index, Findings findings)
    {
        var bundle = new Element(document, index, -1);
        if (bundle.Child("type"u8).Text.SequenceEqual("history"u8))
        {
            return;
        }

        HashSet<(string Url, string Version)>? seen = null;
        foreach (var entry in bundle.Named("entry"))
        {
            if (entry.Child("fullUrl"u8).AsString() is not { } url)
            {
                continue;
            }

            var version = entry.Child("resource"u8).Child("meta"u8).Child("versionId"u8).AsString() ?? "";
            seen ??= [];
            if (!seen.Add((url, version)))
            {
                findings.Add(IssueSeverity.Error, "invariant", entry.Index, document, $"bdl-7: the fullUrl {url} stands twice in this bundle. Entries have different ones, or resources with different meta.versionId.");
            }
        }
    }
}
